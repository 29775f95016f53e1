import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Repetition, repetition } from '../../src/stats/repetition.js';
import { golden } from './golden.js';

const stream = fc.array(fc.nat({ max: 12 }), { maxLength: 120 });
const sizes = [1, 2, 3, 4] as const;

describe('repetition', () => {
  it.each(golden.repetition)('agrees with a count over tuples: $name', ({ ids, expected }) => {
    const actual: Repetition = repetition(ids);
    expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
    expect(actual).toEqual(expected);
  });

  it('lies in [0, 1), complements distinct-n, and is null exactly when there is no n-gram', () => {
    fc.assert(
      fc.property(stream, (ids) => {
        const r = repetition(ids);
        for (const n of sizes) {
          const rep = r[`rep-${n}`];
          const distinct = r[`distinct-${n}`];
          expect(rep === null).toBe(ids.length < n);
          if (rep === null || distinct === null) continue;
          expect(rep).toBeGreaterThanOrEqual(0);
          expect(rep).toBeLessThan(1);
          expect(rep + distinct).toBeCloseTo(1, 14);
        }
        expect(r['seq-rep-4']).toBe(r['rep-4']);
      }),
    );
  });

  it('repeats no more long n-grams than short ones', () => {
    fc.assert(
      fc.property(stream, (ids) => {
        const r = repetition(ids);
        for (const n of [2, 3, 4] as const) {
          const longer = r[`rep-${n}`];
          const shorter = r[`rep-${(n - 1) as 1 | 2 | 3}`];
          if (longer === null || shorter === null) continue;
          const repeats = Math.round(longer * (ids.length - n + 1));
          expect(repeats).toBeLessThanOrEqual(Math.round(shorter * (ids.length - n + 2)));
        }
      }),
    );
  });

  it('does not depend on which ids stand for the tokens', () => {
    fc.assert(
      fc.property(stream, fc.integer({ min: 1, max: 90_000 }), (ids, shift) => {
        expect(repetition(ids.map((id) => id * 7 + shift))).toEqual(repetition(ids));
      }),
    );
  });
});
