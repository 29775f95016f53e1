import { AssayError } from '../core/errors.js';
import { logGamma } from './log-gamma.js';

/** Relative size of a term that no longer changes a sum of doubles. */
const NEGLIGIBLE = 1e-17;

/**
 * ln P(X ≥ count) for X ~ Poisson(mean), in nats: finite where the probability itself underflows.
 * Terms are summed from the largest one on the side of the smaller tail. Relative error of the probability against
 * `scipy.stats.poisson.logsf(count − 1, mean)` below 1e-10.
 *
 * @throws AssayError `INTERNAL` when `count` is no whole number ≥ 0 or `mean` is negative or not finite.
 * @example
 * Math.exp(logPoissonUpperTail(3, 1)); // => 0.0803013970713942
 */
export function logPoissonUpperTail(count: number, mean: number): number {
  if (!(Number.isInteger(count) && count >= 0 && mean >= 0 && Number.isFinite(mean))) {
    throw new AssayError('INTERNAL', `logPoissonUpperTail: no tail at ${count} with mean ${mean}.`);
  }
  if (count === 0) return 0;
  if (mean === 0) return Number.NEGATIVE_INFINITY;
  const logTerm = (k: number): number => k * Math.log(mean) - mean - logGamma(k + 1);
  if (count > mean) {
    let sum = 1;
    for (let term = 1, k = count + 1; term > NEGLIGIBLE * sum; k++) {
      term *= mean / k;
      sum += term;
    }
    return Math.min(0, logTerm(count) + Math.log(sum));
  }
  let below = 1;
  for (let term = 1, k = count - 1; k > 0 && term > NEGLIGIBLE * below; k--) {
    term *= k / mean;
    below += term;
  }
  return Math.log1p(-Math.min(1, Math.exp(logTerm(count - 1)) * below));
}
