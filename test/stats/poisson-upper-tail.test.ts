import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAssayError } from '../../src/core/errors.js';
import { logPoissonUpperTail } from '../../src/stats/poisson-upper-tail.js';
import { golden, near } from './lineage-golden.js';

describe('logPoissonUpperTail', () => {
  it.each(golden.poisson)('agrees with mpmath at $count of mean $mean', ({ count, mean, logP, scipy }) => {
    expect(near(logPoissonUpperTail(count, mean), logP, 1e-11)).toBe(true);
    if (scipy !== null) expect(near(logPoissonUpperTail(count, mean), scipy, 1e-9)).toBe(true);
  });

  it('falls with the count, and is the probability of at least that many', () => {
    const counts = fc.integer({ min: 0, max: 400 });
    const means = fc.double({ min: 0.01, max: 300, noNaN: true });
    fc.assert(
      fc.property(counts, means, (count, mean) => {
        const here = logPoissonUpperTail(count, mean);
        return here <= 0 && logPoissonUpperTail(count + 1, mean) <= here + 1e-12;
      }),
    );
  });

  it('is impossible to see anything of mean 0', () => {
    expect(logPoissonUpperTail(0, 0)).toBe(0);
    expect(logPoissonUpperTail(1, 0)).toBe(Number.NEGATIVE_INFINITY);
  });

  it.each([
    [-1, 1],
    [0.5, 1],
    [1, -1],
    [1, Number.NaN],
  ])('refuses count %d of mean %d', (count, mean) => {
    const thrown = expect(() => logPoissonUpperTail(count, mean));
    thrown.toThrow(expect.toSatisfy((error: unknown) => isAssayError(error, 'INTERNAL')));
  });
});
