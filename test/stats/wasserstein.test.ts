import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAssayError } from '../../src/core/errors.js';
import { wasserstein1 } from '../../src/stats/wasserstein.js';
import { agrees, golden } from './golden.js';

const sample = fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 24 });

describe('wasserstein1', () => {
  it.each(golden.wasserstein1)('agrees with scipy.stats.wasserstein_distance: $name', ({ a, b, value }) => {
    expect(agrees(wasserstein1(a, b), value, 1e-12)).toBe(true);
  });

  it.each([
    ['no value', [], [1]],
    ['a NaN', [1], [Number.NaN]],
    ['an infinity', [Number.POSITIVE_INFINITY], [1]],
  ])('refuses %s', (_, a, b) => {
    const thrown = expect(() => wasserstein1(a, b));
    thrown.toThrow(expect.toSatisfy((error: unknown) => isAssayError(error, 'INTERNAL')));
  });

  it('is a distance: symmetric, 0 to a permutation or a repetition, and obeys the triangle inequality', () => {
    fc.assert(
      fc.property(sample, sample, sample, (a, b, c) => {
        expect(wasserstein1(a, b)).toBeCloseTo(wasserstein1(b, a), 9);
        expect(wasserstein1(a, a.toReversed())).toBe(0);
        expect(wasserstein1(a, [...a, ...a, ...a])).toBeCloseTo(0, 9);
        expect(wasserstein1(a, c)).toBeLessThanOrEqual(wasserstein1(a, b) + wasserstein1(b, c) + 1e-9);
      }),
    );
  });

  it('moves with a shift and never exceeds the mean difference in any order', () => {
    fc.assert(
      fc.property(sample, fc.double({ min: -50, max: 50, noNaN: true }), (a, shift) => {
        const moved = a.map((value) => value + shift);
        expect(wasserstein1(a, moved)).toBeCloseTo(Math.abs(shift), 9);
        const other = a.toReversed();
        const paired = a.reduce((sum, v, i) => sum + Math.abs(v - (other[i] as number)), 0) / a.length;
        expect(wasserstein1(a, other)).toBeLessThanOrEqual(paired + 1e-9);
      }),
    );
  });
});
