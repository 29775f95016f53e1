import { AssayError } from '../core/errors.js';
import { incompleteBeta } from './incomplete-beta.js';

/** Two ends of an interval for a share, both within [0, 1]. */
export interface ShareInterval {
  readonly low: number;
  readonly high: number;
}

/** Halvings after which two neighbouring doubles in [0, 1] are left. */
const HALVINGS = 200;

/**
 * Exact central interval of a binomial share: each end is the share at which an outcome at least as extreme has
 * probability (1 − level) / 2, so the coverage is never below `level`.
 * Source: Clopper and Pearson 1934 (Biometrika 26:404), in the beta form. Error against scipy.stats.beta.ppf below 1e-11.
 *
 * @param successes whole number, 0 to trials
 * @param trials whole number, at least 1
 * @throws AssayError `INTERNAL` on other counts, or a level outside of (0, 1).
 * @example clopperPearson(0, 10, 0.95); // => { low: 0, high: 0.3084971078187608 }
 */
export function clopperPearson(successes: number, trials: number, level: number): ShareInterval {
  const counts = Number.isSafeInteger(successes) && Number.isSafeInteger(trials);
  if (!(counts && successes >= 0 && trials >= 1 && successes <= trials && level > 0 && level < 1)) {
    throw new AssayError(
      'INTERNAL',
      `clopperPearson: no interval for ${successes} of ${trials} at ${level}.`,
    );
  }
  const tail = (1 - level) / 2;
  const failures = trials - successes;
  return {
    low: successes === 0 ? 0 : betaQuantile(tail, successes, failures + 1),
    // By symmetry, so that the small tail is the one computed.
    high: failures === 0 ? 1 : 1 - betaQuantile(tail, failures, successes + 1),
  };
}

function betaQuantile(p: number, a: number, b: number): number {
  let low = 0;
  let high = 1;
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (incompleteBeta(middle, a, b) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
