import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAssayError } from '../../src/core/errors.js';
import { clopperPearson } from '../../src/stats/clopper-pearson.js';
import { incompleteBeta } from '../../src/stats/incomplete-beta.js';
import { twoSampleGolden } from './two-sample-golden.js';

const relative = (actual: number, expected: number): number =>
  actual === expected ? 0 : Math.abs(actual - expected) / Math.abs(expected);
const internal = expect.toSatisfy((error: unknown) => isAssayError(error, 'INTERNAL'));

describe('incompleteBeta', () => {
  it.each(twoSampleGolden.incompleteBeta)('agrees with mpmath.betainc: %o', ({ x, a, b, value }) => {
    expect(relative(incompleteBeta(x, a, b), value)).toBeLessThan(a + b <= 1_000 ? 1e-12 : 1e-9);
  });

  it.each([
    [0.5, 0, 1],
    [0.5, 1, -1],
    [-0.1, 1, 1],
    [1.1, 1, 1],
    [Number.NaN, 1, 1],
  ])('refuses %d, %d, %d', (x, a, b) => {
    expect(() => incompleteBeta(x, a, b)).toThrow(internal);
  });
});

describe('clopperPearson', () => {
  it.each(twoSampleGolden.clopperPearson)('agrees with scipy: $successes of $trials at $level', (row) => {
    const { low, high } = clopperPearson(row.successes, row.trials, row.level);
    expect(Math.abs(low - row.low)).toBeLessThan(1e-11);
    expect(Math.abs(high - row.high)).toBeLessThan(1e-11);
  });

  it.each([
    [1, 0, 0.95],
    [-1, 5, 0.95],
    [6, 5, 0.95],
    [0.5, 5, 0.95],
    [1, 5, 0],
    [1, 5, 1],
  ])('refuses %d of %d at %d', (successes, trials, level) => {
    expect(() => clopperPearson(successes, trials, level)).toThrow(internal);
  });

  it('holds the observed share, mirrors failures, and shrinks with the level', () => {
    const counts = fc
      .integer({ min: 1, max: 400 })
      .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
    fc.assert(
      fc.property(counts, ([k, n]) => {
        const wide = clopperPearson(k, n, 0.99);
        const narrow = clopperPearson(k, n, 0.8);
        const mirrored = clopperPearson(n - k, n, 0.99);
        expect(wide.low).toBeLessThanOrEqual(narrow.low);
        expect(narrow.low).toBeLessThanOrEqual(k / n);
        expect(k / n).toBeLessThanOrEqual(narrow.high);
        expect(narrow.high).toBeLessThanOrEqual(wide.high);
        expect(mirrored.low).toBeCloseTo(1 - wide.high, 12);
      }),
    );
  });
});
