import { AssayError } from '../core/errors.js';

/**
 * Posterior probabilities from unnormalised natural-log weights (log prior + log likelihood): Bayes' rule
 * as a softmax, so weights of −10 000 nats neither underflow nor overflow. Only differences matter. −∞
 * gives probability 0. Values sum to 1 within 1e-15 per hypothesis, whatever the size of the weights.
 *
 * @throws AssayError `INTERNAL` when there is no key, when a weight is NaN or +∞, or when every weight is
 * −∞: no posterior exists then, and inventing a uniform one would be a verdict.
 * @example
 * normalizeLog({ full: -9000, distilled: -9001 });
 * // => { full: 0.7310585786300049, distilled: 0.2689414213699951 }
 */
export function normalizeLog(logs: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const entries = Object.entries(logs);
  const max = Math.max(...entries.map(([, value]) => value));
  if (!Number.isFinite(max)) {
    const shown = entries.map(([key, value]) => `${key} ${value}`).join(', ') || 'no hypotheses';
    throw new AssayError(
      'INTERNAL',
      `normalizeLog: expected log weights below +∞ of which one is finite, got ${shown}.`,
    );
  }
  const weights = entries.map(([key, value]): [string, number] => [key, Math.exp(value - max)]);
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  return Object.fromEntries(weights.map(([key, weight]) => [key, weight / total]));
}
