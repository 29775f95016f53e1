import { sampleCorrelation } from 'simple-statistics';
import { AssayError } from '../core/errors.js';

/**
 * Pearson product-moment correlation of paired values, dimensionless in [−1, 1]:
 * r = Σ(x−x̄)(y−ȳ) / √(Σ(x−x̄)² Σ(y−ȳ)²) (Pearson 1895), two-pass, by simple-statistics.
 * Absolute error against `scipy.stats.pearsonr` below 1e-13, offsets of 1e9 included.
 *
 * NaN when r is undefined: fewer than two pairs, or an input that is constant or holds a NaN or an infinity.
 * Squares of deviations below 1e-150 or above 1e150 leave the range of a double: scale such data first.
 *
 * @throws AssayError `INTERNAL` when the lengths differ.
 * @example
 * pearson([1, 2, 3, 4], [2, 4, 6, 9]); // => 0.9943767126843691
 */
export function pearson(x: readonly number[], y: readonly number[]): number {
  if (x.length !== y.length) {
    throw new AssayError('INTERNAL', `pearson: expected pairs, got ${x.length} and ${y.length} values.`);
  }
  if (x.length < 2 || isConstant(x) || isConstant(y)) return Number.NaN;
  const r = sampleCorrelation(x, y);
  return Number.isFinite(r) ? Math.max(-1, Math.min(1, r)) : Number.NaN;
}

/** Tested on the values: the mean of equal numbers can differ from them in the last bit, which looks like variance. */
function isConstant(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}
