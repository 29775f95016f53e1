import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRng } from '../../src/core/rng.js';
import { dip } from '../../src/stats/dip.js';
import { dipP } from '../../src/stats/dip-p.js';

interface Golden {
  readonly replicates: number;
  readonly cases: readonly { name: string; values: readonly number[]; dip: number; p: number | null }[];
}

const read = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../../fixtures/golden/${name}.json`, import.meta.url), 'utf8'));
/** Written by scripts/golden/dip.R from diptest 0.76, and by scripts/golden/dip.py from a linear programme. */
const golden = read<Golden>('dip');
const programme = read<{ readonly cases: readonly { values: readonly number[]; dip: number }[] }>(
  'dip-programme',
);
const REPLICATES = 2000;

describe('dip', () => {
  it.each(golden.cases)("equals R's diptest: $name", ({ values, dip: expected }) => {
    expect(golden.cases.length).toBeGreaterThanOrEqual(30);
    expect(Math.abs(dip(values) - expected)).toBeLessThan(1e-12);
  });

  it('is the distance to the closest unimodal distribution, found by linear programming', () => {
    expect(programme.cases.length).toBeGreaterThanOrEqual(60);
    for (const { values, dip: expected } of programme.cases) {
      expect(Math.abs(dip(values) - expected)).toBeLessThan(1e-9);
    }
  });

  it('does not depend on order, place, scale or direction, and lies in [1/(2n), 1/4]', () => {
    // Eighths and quarters: shifts and scales are exact, so the collinear points of one are those of the other.
    const sample = fc.array(
      fc.integer({ min: -400, max: 400 }).map((value) => value / 8),
      { minLength: 2, maxLength: 60 },
    );
    fc.assert(
      fc.property(
        sample,
        fc.constantFrom(0.25, 1, 8),
        fc.integer({ min: -99, max: 99 }),
        (x, scale, shift) => {
          const value = dip(x);
          expect(value).toBeGreaterThanOrEqual(1 / (2 * x.length));
          expect(value).toBeLessThanOrEqual(0.25 + 1e-12);
          expect(dip(x.toReversed())).toBe(value);
          expect(dip(x.map((v) => v * scale + shift))).toBeCloseTo(value, 12);
          expect(dip(x.map((v) => -v))).toBeCloseTo(value, 12);
        },
      ),
    );
  });

  it('refuses what has no distribution', () => {
    expect(() => dip([])).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
    expect(() => dip([1, Number.NaN])).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
  });
});

describe('p of the dip', () => {
  it.each(golden.cases.filter(({ p, values }) => p !== null && values.length <= 100))(
    "agrees with diptest's simulation within Monte-Carlo error: $name",
    ({ values, dip: statistic, p: reference }) => {
      const p = dipP(statistic, values.length, seededRng(7), REPLICATES);
      const expected = reference as number;
      const sd = Math.sqrt(expected * (1 - expected) * (1 / REPLICATES + 1 / golden.replicates));
      // Two dozen comparisons: four standard errors, and the 1/2,001 that keeps p from 0.
      expect(Math.abs(p - expected)).toBeLessThan(4 * sd + 1 / REPLICATES);
    },
  );

  it('is never 0 and repeats with the seed', () => {
    expect(dipP(1, 40, seededRng(1), 99)).toBe(0.01);
    expect(dipP(0, 40, seededRng(1), 99)).toBe(1);
    expect(dipP(0.05, 40, seededRng(3), 200)).toBe(dipP(0.05, 40, seededRng(3), 200));
  });

  it('is uniform, or too large, for unimodal samples', () => {
    const rng = seededRng(11);
    const uniform: number[] = [];
    const peaked: number[] = [];
    for (let run = 0; run < 120; run++) {
      const x = Array.from({ length: 40 }, () => rng());
      uniform.push(dipP(dip(x), 40, rng, 99));
      const y = Array.from({ length: 40 }, () => rng() + rng() + rng());
      peaked.push(dipP(dip(y), 40, rng, 99));
    }
    const share = (p: readonly number[], limit: number): number =>
      p.filter((value) => value <= limit).length / p.length;
    // 120 runs: 0.05 + 3 standard errors is 0.11; 0.5 lies within 0.5 ± 0.14.
    expect(share(uniform, 0.05)).toBeLessThan(0.11);
    expect(Math.abs(share(uniform, 0.5) - 0.5)).toBeLessThan(0.14);
    expect(share(peaked, 0.05)).toBeLessThan(0.05);
  });
});
