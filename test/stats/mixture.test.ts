import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRng } from '../../src/core/rng.js';
import { type Gaussian, mixture } from '../../src/stats/mixture.js';

/** Written by scripts/golden/mixture.py from scikit-learn 1.2.1. */
const golden: {
  readonly cases: readonly {
    readonly name: string;
    readonly values: readonly number[];
    readonly two: readonly Gaussian[];
    readonly logLikelihood: { readonly one: number; readonly two: number };
    readonly bic: { readonly one: number; readonly two: number };
  }[];
} = JSON.parse(readFileSync(new URL('../../fixtures/golden/mixture.json', import.meta.url), 'utf8'));

const fitted = (values: readonly number[], leastSd = 1e-3) => mixture(values, { leastSd, rng: seededRng(5) });

describe('mixture of two Gaussians', () => {
  it.each(golden.cases)('agrees with scikit-learn: $name', ({ values, two, logLikelihood, bic }) => {
    const found = fitted(values);
    expect(found.logLikelihood.one).toBeCloseTo(logLikelihood.one, 8);
    expect(Math.abs(found.logLikelihood.two - logLikelihood.two)).toBeLessThan(1e-4);
    expect(found.bic.one).toBeCloseTo(bic.one, 8);
    expect(Math.abs(found.bic.two - bic.two)).toBeLessThan(2e-4);
    for (const [i, gaussian] of found.two.entries()) {
      // EM stops where the likelihood is flat: parameters are known less well than it.
      for (const key of ['weight', 'mean', 'sd'] as const)
        expect(Math.abs(gaussian[key] - (two[i] as Gaussian)[key])).toBeLessThan(0.01);
    }
  });

  it('tells one hump from two by BIC and separation', () => {
    const named = (name: string) => golden.cases.find((row) => row.name === name)?.values ?? [];
    const alone = fitted(named('one normal'));
    expect(alone.bic.one).toBeLessThan(alone.bic.two);
    const apart = fitted(named('two well apart'));
    expect(apart.bic.one - apart.bic.two).toBeGreaterThan(100);
    expect(apart.separation).toBeGreaterThan(5);
    const nested = fitted(named('nested'));
    expect(nested.bic.two).toBeLessThan(nested.bic.one);
    expect(nested.separation).toBeLessThan(1);
  });

  it('is finite, ordered and repeatable on anything finite: ties, constants, extremes', () => {
    const value = fc.oneof(fc.constantFrom(0, 0, 0, 1, -3), fc.double({ min: -1e6, max: 1e6, noNaN: true }));
    fc.assert(
      fc.property(fc.array(value, { minLength: 2, maxLength: 50 }), (values) => {
        const found = fitted(values, 0.05);
        const numbers = [
          ...found.two.flatMap((g) => [g.weight, g.mean, g.sd]),
          ...Object.values(found.bic),
          found.separation,
        ];
        expect(numbers.every(Number.isFinite)).toBe(true);
        expect(found.two[0].mean).toBeLessThanOrEqual(found.two[1].mean);
        expect(found.two[0].weight + found.two[1].weight).toBeCloseTo(1, 9);
        expect(found.logLikelihood.two).toBeGreaterThanOrEqual(found.logLikelihood.one);
        expect(found.two.every(({ sd }) => sd >= 0.05)).toBe(true);
        expect(fitted(values, 0.05)).toEqual(found);
      }),
    );
    const constant = fitted(Array(50).fill(2));
    expect(constant.bic.one).toBeLessThan(constant.bic.two);
    expect(constant.separation).toBeLessThan(1e-9);
  });

  it('refuses what cannot be fitted', () => {
    const code = expect.objectContaining({ code: 'INTERNAL' });
    expect(() => fitted([1])).toThrow(code);
    expect(() => fitted([1, Number.NaN])).toThrow(code);
    expect(() => fitted([1, 2], 0)).toThrow(code);
  });
});
