import { describe, expect, it } from 'vitest';
import { isAssayError } from '../../src/core/errors.js';
import { seededRng } from '../../src/core/rng.js';
import { bootstrap } from '../../src/stats/bootstrap.js';
import { normalCdf } from '../../src/stats/normal-cdf.js';
import { normalQuantile } from '../../src/stats/normal-quantile.js';
import { summarize } from '../../src/stats/summary.js';
import { twoSampleGolden } from './two-sample-golden.js';

describe('normal distribution', () => {
  it.each(twoSampleGolden.normal.cdf)('agrees with scipy.special.ndtr at $z', ({ z, value }) => {
    expect(Math.abs(normalCdf(z) - value)).toBeLessThanOrEqual(1e-12 * value);
  });

  it.each(twoSampleGolden.normal.quantile)('agrees with scipy.special.ndtri at $p', ({ p, value }) => {
    expect(Math.abs(normalQuantile(p) - value)).toBeLessThanOrEqual(1e-9);
  });
});

describe('bootstrap', () => {
  it.each(twoSampleGolden.bootstrap)('agrees with scipy.stats.bootstrap on equal resamples: $name', (row) => {
    const statistic = (sample: readonly number[]): number => summarize(sample)[row.statistic];
    const { low, high, method } = bootstrap(row.values, statistic, {
      rng: seededRng(row.seed),
      resamples: row.resamples,
      level: row.level,
      method: row.method,
    });
    expect(method).toBe(row.method);
    expect(Math.abs(low - row.low)).toBeLessThan(1e-9);
    expect(Math.abs(high - row.high)).toBeLessThan(1e-9);
  });

  it('falls back to percentiles where all values are equal', () => {
    const interval = bootstrap([3, 3, 3], (row) => summarize(row).mean, { rng: seededRng(1), resamples: 50 });
    expect(interval).toEqual({ estimate: 3, low: 3, high: 3, method: 'percentile' });
  });

  it('covers a mean of skewed values at its level, measured on 300 samples of 30', () => {
    const rng = seededRng(3);
    const exponential = (): number => -Math.log(1 - rng());
    const covered = Array.from({ length: 300 }, () => {
      const sample = Array.from({ length: 30 }, exponential);
      const mean = (row: readonly number[]): number =>
        row.reduce((sum, value) => sum + value, 0) / row.length;
      const { low, high } = bootstrap(sample, mean, { rng, resamples: 300, level: 0.9 });
      return low <= 1 && 1 <= high;
    }).filter(Boolean).length;
    // 90 % is nominal; 30 skewed values give some 87 %, and 300 samples move that by ±2 %.
    expect(covered / 300).toBeGreaterThan(0.82);
    expect(covered / 300).toBeLessThan(0.96);
  });

  it('refuses no values and impossible options', () => {
    const internal = expect.toSatisfy((error: unknown) => isAssayError(error, 'INTERNAL'));
    const mean = (row: readonly number[]): number => summarize(row).mean;
    expect(() => bootstrap([], mean, { rng: seededRng(1) })).toThrow(internal);
    expect(() => bootstrap([1], mean, { rng: seededRng(1), level: 1 })).toThrow(internal);
    expect(() => bootstrap([1], mean, { rng: seededRng(1), resamples: 0 })).toThrow(internal);
  });
});
