import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAssayError } from '../../src/core/errors.js';
import { seededRng } from '../../src/core/rng.js';
import { kolmogorovUpperTail } from '../../src/stats/kolmogorov.js';
import { ksTwoSample } from '../../src/stats/ks-two-sample.js';
import { ksUniform } from '../../src/stats/ks-uniform.js';
import { twoSampleGolden } from './two-sample-golden.js';

const internal = expect.toSatisfy((error: unknown) => isAssayError(error, 'INTERNAL'));

describe('kolmogorovUpperTail', () => {
  it.each(twoSampleGolden.kolmogorov)('agrees with scipy.special.kolmogorov at $x', ({ x, value }) => {
    expect(Math.abs(kolmogorovUpperTail(x) - value)).toBeLessThan(1e-14);
  });
});

describe('ksUniform', () => {
  it.each(twoSampleGolden.ksUniform)('agrees with scipy.stats.kstest, exact: D = $statistic', (row) => {
    const { statistic, p } = ksUniform(row.values);
    expect(statistic).toBeCloseTo(row.statistic, 14);
    expect(Math.abs(p - row.p)).toBeLessThan(1e-9);
  });

  it('the limit takes over without a jump', () => {
    const rng = seededRng(5);
    const values = Array.from({ length: 2_000 }, () => rng() ** 1.03);
    const exact = ksUniform(values);
    const doubled = ksUniform([...values, 0.5]);
    expect(doubled.p).toBeGreaterThan(exact.p / 1.1);
    expect(doubled.p).toBeLessThan(exact.p * 1.1);
  });

  it.each([[[]], [[-0.1]], [[1.1]], [[Number.NaN]]])('refuses %o', (values) => {
    expect(() => ksUniform(values)).toThrow(internal);
  });

  it('p is uniform for uniform values', () => {
    const rng = seededRng(11);
    const p = Array.from({ length: 400 }, () => ksUniform(Array.from({ length: 20 }, rng)).p);
    expect(ksUniform(p).p).toBeGreaterThan(0.01);
  });
});

describe('ksTwoSample', () => {
  it.each(twoSampleGolden.ksTwoSample)('agrees with scipy.stats.ks_2samp, exact: D = $statistic', (row) => {
    const { statistic, p } = ksTwoSample(row.a, row.b);
    expect(statistic).toBeCloseTo(row.statistic, 14);
    expect(Math.abs(p - row.p)).toBeLessThan(1e-10);
  });

  it('refuses an empty sample and values that are not finite', () => {
    expect(() => ksTwoSample([], [1])).toThrow(internal);
    expect(() => ksTwoSample([1], [Number.NaN])).toThrow(internal);
  });

  it('is symmetric, within (0, 1], and blind to monotone transforms', () => {
    const sample = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const { statistic, p } = ksTwoSample(a, b);
        expect(ksTwoSample(b, a)).toEqual({
          statistic: expect.closeTo(statistic, 12),
          p: expect.closeTo(p, 12),
        });
        expect(p).toBeGreaterThan(0);
        expect(p).toBeLessThanOrEqual(1);
        const cube = (row: readonly number[]): number[] => row.map((value) => value ** 3);
        expect(ksTwoSample(cube(a), cube(b)).statistic).toBe(statistic);
      }),
    );
  });
});
