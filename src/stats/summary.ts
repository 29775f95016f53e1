import { mean, quantileSorted, sampleStandardDeviation } from 'simple-statistics';
import { AssayError } from '../core/errors.js';

/** Location and spread of a sample, in the units of its values. `sd` is null for a single value. */
export interface Summary {
  readonly n: number;
  readonly min: number;
  readonly p5: number;
  readonly p25: number;
  readonly median: number;
  readonly p75: number;
  readonly p95: number;
  readonly max: number;
  readonly mean: number;
  readonly sd: number | null;
}

/**
 * Five quantiles, extremes, mean and sample standard deviation (divisor n − 1).
 *
 * Quantiles interpolate linearly at (n−1)p: type 7 of Hyndman and Fan 1996, "Sample Quantiles in
 * Statistical Packages", the default of numpy and R. One value has no spread to estimate, so its `sd` is
 * null, not 0. The input is not reordered.
 *
 * @throws AssayError `INTERNAL` when there is no value or one is not finite.
 * @example
 * summarize([4, 1, 3, 2]); // p25: 1.75, median: 2.5, mean: 2.5, sd: 1.2909944487358056
 */
export function summarize(values: readonly number[]): Summary {
  const broken = values.find((value) => !Number.isFinite(value));
  if (values.length === 0 || broken !== undefined) {
    const got = values.length === 0 ? 'none' : `${broken} among ${values.length}`;
    throw new AssayError('INTERNAL', `summarize: expected finite values, got ${got}.`);
  }
  const sorted = values.toSorted((a, b) => a - b);
  return {
    n: sorted.length,
    min: quantileSorted(sorted, 0),
    p5: quantileSorted(sorted, 0.05),
    p25: quantileSorted(sorted, 0.25),
    median: quantileSorted(sorted, 0.5),
    p75: quantileSorted(sorted, 0.75),
    p95: quantileSorted(sorted, 0.95),
    max: quantileSorted(sorted, 1),
    mean: mean(sorted),
    sd: sorted.length < 2 ? null : sampleStandardDeviation(sorted),
  };
}
