import type { Rng } from '../core/rng.js';
import { dip } from '../stats/dip.js';
import { dipP } from '../stats/dip-p.js';
import { type MixtureFit, mixture } from '../stats/mixture.js';
import { TOGETHER_MS } from './gap-shape.js';

/** The dip of fewer requests sees only the coarsest split. */
export const LEAST_REQUESTS = 40;
/** Two Gaussians have five parameters. */
export const LEAST_GAPS = 20;

/** Gaps are logged no shorter than this: two deltas of one read are a group of their own, wherever clocks put them. */
const SHORTEST_MS = TOGETHER_MS / 2;
/** No group of gaps is narrower than 5 %: clocks and rounding. */
const LEAST_SD = 0.05;
/** Sorted values are thinned evenly to this many: the fit is no better with more, and gaps are not independent. */
const MOST_VALUES = 2000;
/** Raftery 1995: more than 10 is very strong. */
const DECISIVE_BIC = 10;
/** Two humps (Ashman, Bird and Zepf 1994) … */
const SEPARATE = 2;
/** … with a valley between them: without it, half of all rows of 200 waits of exponential length passed for two groups. */
const DEEPEST_SADDLE = 0.5;
const LEAST_WEIGHT = 0.05;

export interface Groups {
  readonly fit: MixtureFit;
  /** BIC of one group less that of two: above 0 speaks for two. */
  readonly bicGain: number;
  /** Two groups by BIC, apart, and neither of them a few outliers. */
  readonly two: boolean;
}

/** One or two groups of gaps, on a logarithmic scale. Null for too few. */
export function groupsOf(gapsMs: readonly number[], rng: Rng): Groups | null {
  if (gapsMs.length < LEAST_GAPS) return null;
  const logs = thinned(gapsMs.map((ms) => Math.log(Math.max(ms, SHORTEST_MS))).sort((a, b) => a - b));
  const fit = mixture(logs, { leastSd: LEAST_SD, rng });
  const bicGain = fit.bic.one - fit.bic.two;
  const weights = fit.two.map(({ weight }) => weight);
  return {
    fit,
    bicGain,
    two:
      bicGain > DECISIVE_BIC &&
      fit.separation > SEPARATE &&
      fit.valley < DEEPEST_SADDLE &&
      Math.min(...weights) >= LEAST_WEIGHT,
  };
}

/** Dip test of requests by the logarithm of their median gap: do some run at another speed? Null for too few. */
export function requestGroups(mediansMs: readonly number[], rng: Rng): { dip: number; p: number } | null {
  if (mediansMs.length < LEAST_REQUESTS) return null;
  const statistic = dip(mediansMs.map((ms) => Math.log(Math.max(ms, SHORTEST_MS))));
  return { dip: statistic, p: dipP(statistic, mediansMs.length, rng) };
}

function thinned(sorted: readonly number[]): readonly number[] {
  if (sorted.length <= MOST_VALUES) return sorted;
  return Array.from(
    { length: MOST_VALUES },
    (_, i) => sorted[Math.floor(((i + 0.5) * sorted.length) / MOST_VALUES)] as number,
  );
}
