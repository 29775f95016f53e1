import { logGamma } from './log-gamma.js';

/** Halvings of the unit interval: below the spacing of doubles near 1. */
const HALVINGS = 60;

/**
 * Exact confidence interval of a binomial share (Clopper and Pearson 1934, Biometrika 26, 404–413): those shares under
 * which neither `hits` or more, nor `hits` or fewer, of `trials` have a probability below half of 1 − `level`. It
 * covers the true share at least as often as stated.
 *
 * @example
 * clopperPearson(0, 150, 0.95); // => [0, 0.02429...]
 */
export function clopperPearson(hits: number, trials: number, level: number): readonly [number, number] {
  const tail = (1 - level) / 2;
  const lower = hits === 0 ? 0 : crossing((share) => 1 - atMost(hits - 1, trials, share) >= tail);
  const upper = hits === trials ? 1 : crossing((share) => atMost(hits, trials, share) < tail);
  return [lower, upper];
}

/** Where a condition that holds from some share on begins to hold. */
function crossing(holds: (share: number) => boolean): number {
  let low = 0;
  let high = 1;
  for (let step = 0; step < HALVINGS; step++) {
    const middle = (low + high) / 2;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

/** P(at most `hits` of `trials`), for a share strictly between 0 and 1. */
function atMost(hits: number, trials: number, share: number): number {
  let sum = 0;
  for (let k = 0; k <= hits; k++) {
    const choose = logGamma(trials + 1) - logGamma(k + 1) - logGamma(trials - k + 1);
    sum += Math.exp(choose + k * Math.log(share) + (trials - k) * Math.log1p(-share));
  }
  return Math.min(1, sum);
}
