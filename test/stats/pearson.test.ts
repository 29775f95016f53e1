import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAssayError } from '../../src/core/errors.js';
import { pearson } from '../../src/stats/pearson.js';
import { golden } from './golden.js';

const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const pairs = fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 60 });

describe('pearson', () => {
  it.each(golden.pearson)('agrees with scipy.stats.pearsonr: $name', ({ x, y, r }) => {
    expect(Math.abs(pearson(x, y) - r)).toBeLessThanOrEqual(1e-13);
  });

  it.each([
    ['no pair', [], []],
    ['one pair', [1], [2]],
    ['a constant side', [0.1, 0.1, 0.1, 0.1, 0.1, 0.1], [1, 2, 3, 4, 5, 6]],
    ['a NaN', [1, Number.NaN, 3], [1, 2, 3]],
    ['an infinity', [1, Number.POSITIVE_INFINITY, 3], [1, 2, 3]],
    ['variance below the range of a double', [1e-200, 0, 0], [1e6, 0, 3]],
  ])('is NaN for %s', (_, x, y) => {
    expect(pearson(x, y)).toBeNaN();
  });

  it('refuses unequal lengths', () => {
    const thrown = expect(() => pearson([1, 2, 3], [1, 2]));
    thrown.toThrow(expect.toSatisfy((error: unknown) => isAssayError(error, 'INTERNAL')));
  });

  it('is symmetric and within [-1, 1]', () => {
    fc.assert(
      fc.property(pairs, (points) => {
        const x = points.map(([a]) => a);
        const y = points.map(([, b]) => b);
        const r = pearson(x, y);
        if (Number.isNaN(r)) return Number.isNaN(pearson(y, x));
        return Math.abs(r) <= 1 && Math.abs(r - pearson(y, x)) < 1e-12;
      }),
    );
  });

  it('changes sign when one side does', () => {
    fc.assert(
      fc.property(pairs, (points) => {
        const x = points.map(([a]) => a);
        const y = points.map(([, b]) => b);
        const r = pearson(x, y);
        const mirrored = pearson(
          x,
          y.map((b) => -b),
        );
        return Number.isNaN(r) ? Number.isNaN(mirrored) : Math.abs(r + mirrored) < 1e-12;
      }),
    );
  });
});
