import { AssayError } from '../core/errors.js';

/**
 * Lower bound of the Bayes factor in favour of the null hypothesis that a p-value allows: −e·p·ln p below 1/e, else 1.
 * No alternative under which small p-values are likelier makes more of p. p = 0.05 is worth 0.41, p = 0.001 worth 0.019.
 * Source: Sellke, Bayarri and Berger 2001 (The American Statistician 55:62).
 *
 * @throws AssayError `INTERNAL` when p is outside of (0, 1].
 * @example nullBayesFactor(0.05); // => 0.4071625…
 */
export function nullBayesFactor(p: number): number {
  if (!(p > 0 && p <= 1)) throw new AssayError('INTERNAL', `nullBayesFactor: ${p} is no p-value.`);
  return p < 1 / Math.E ? -Math.E * p * Math.log(p) : 1;
}
