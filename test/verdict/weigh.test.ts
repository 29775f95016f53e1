import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SignalResult } from '../../src/core/types.js';
import { weigh } from '../../src/verdict/weigh.js';

const PRIOR = { full: 0.5, student: 0.25, other: 0.25 };

function scored(group: string, logLikelihood: Record<string, number>, id = group): SignalResult {
  return {
    id,
    title: id,
    group,
    spoofing: 'costly',
    status: 'scored',
    observed: '',
    expected: {},
    logLikelihood,
    n: 1,
    details: [],
  };
}

describe('weigh', () => {
  it('keeps the prior without evidence', () => {
    expect(weigh([], PRIOR).posterior).toEqual({ full: 0.5, student: 0.25, other: 0.25 });
  });

  it('moves nothing for skipped and errored signals', () => {
    const base = { title: 'x', group: 'architecture', spoofing: 'trivial' } as const;
    const results: SignalResult[] = [
      { ...base, id: 'a', status: 'skipped', reason: 'none' },
      { ...base, id: 'b', status: 'errored', error: { code: 'INTERNAL', message: 'x' } },
    ];
    expect(weigh(results, PRIOR).posterior.full).toBe(0.5);
  });

  it('does not count a repeated signal of one group twice', () => {
    const one = scored('log-probabilities', { full: -3, student: 0, other: -1 });
    const two = { ...one, id: 'again' };
    expect(weigh([one, two], PRIOR).posterior).toEqual(weigh([one], PRIOR).posterior);
  });

  it('gives no weight to a group nobody calibrated, and none to latency', () => {
    for (const group of ['latency', 'horoscope']) {
      expect(weigh([scored(group, { full: -100, student: 0 })], PRIOR).posterior.full).toBeCloseTo(0.5, 12);
    }
  });

  it('holds silence to be no evidence', () => {
    const { votes } = weigh([scored('architecture', { full: -7, student: 0 })], PRIOR);
    expect(votes[0]?.vote).toEqual({ full: -7, student: 0, other: 0 });
  });

  it('sums to one and stays strictly between 0 and 1 whatever signals say', () => {
    const log = fc.double({ min: -1e6, max: 0, noNaN: true });
    const rows = fc.array(
      fc.tuple(fc.constantFrom('identity', 'architecture', 'log-probabilities', 'attention'), log, log, log),
    );
    fc.assert(
      fc.property(rows, (drawn) => {
        const results = drawn.map(([group, full, student, other], i) =>
          scored(group, { full, student, other }, `s${i}`),
        );
        const values = Object.values(weigh(results, PRIOR).posterior);
        expect(values.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
        for (const p of values) {
          expect(p).toBeGreaterThan(0);
          expect(p).toBeLessThan(1);
        }
      }),
    );
  });
});
