import { AssayError } from '../core/errors.js';
import type { Rng } from '../core/rng.js';
import { summarize } from './summary.js';

export interface Gaussian {
  /** Share of the values, 0–1. */
  readonly weight: number;
  readonly mean: number;
  readonly sd: number;
}

/** One Gaussian against two, each at its greatest likelihood. */
export interface MixtureFit {
  readonly one: Gaussian;
  /** By mean. */
  readonly two: readonly [Gaussian, Gaussian];
  /** Natural logarithms of the likelihoods. */
  readonly logLikelihood: { readonly one: number; readonly two: number };
  /** −2 ln L + k ln n with 2 and 5 parameters (Schwarz 1978); smaller is better. */
  readonly bic: { readonly one: number; readonly two: number };
  /** Distance of the two means over their root mean square spread; two humps need about 2 (Ashman, Bird, Zepf 1994). */
  readonly separation: number;
  /** Least density between the means over that at the lower of them, 0–1: 1 where no valley parts the two. */
  readonly valley: number;
}

export interface MixtureSettings {
  /**
   * Least standard deviation of a component, in units of the values: without one, a component on one value (or on ties)
   * makes the likelihood infinite, and two components always win.
   */
  readonly leastSd: number;
  readonly rng: Rng;
}

/** A start in the middle, and as many at random: of one-dimensional pairs nearly every start finds the best. */
const RANDOM_STARTS = 5;
/** Enough to tell the best start; it alone climbs on. */
const FIRST_STEPS = 40;
/** EM crawls near a flat top; what further steps add is far below one unit of BIC. */
const STEPS = 500;
const TOLERANCE = 1e-9;
/** A component of less than one value has no spread to estimate. */
const LEAST_COUNT = 1;
/** Places between the means where the valley is looked for. */
const VALLEY_STEPS = 100;
const HALF_LOG_TAU = 0.5 * Math.log(2 * Math.PI);

/**
 * Fit one and two Gaussians by expectation–maximisation (Dempster, Laird and Rubin 1977) from several starts. BIC assumes
 * independent values; where neighbours are alike it favours two too easily, and so does any skew: read `separation` too.
 *
 * @throws AssayError `INTERNAL` when there are fewer than two values, one is not finite, or `leastSd` is not positive.
 * @example
 * mixture([0, 0.1, 0.2, 5, 5.1, 5.2], { leastSd: 0.05, rng }).two.map(({ mean }) => mean); // about [0.1, 5.1]
 */
export function mixture(values: readonly number[], { leastSd, rng }: MixtureSettings): MixtureFit {
  if (values.length < 2 || !(leastSd > 0)) {
    throw new AssayError(
      'INTERNAL',
      `mixture: expected two values and a positive least spread, got ${values.length} and ${leastSd}.`,
    );
  }
  const n = values.length;
  const { mean, sd, p25, p75 } = summarize(values);
  const spread = Math.max(Math.sqrt(((sd ?? 0) ** 2 * (n - 1)) / n), leastSd);
  const one = { weight: 1, mean, sd: spread };
  const halves = (low: number, high: number): Pair => [
    { weight: 0.5, mean: low, sd: Math.max(spread / 2, leastSd) },
    { weight: 0.5, mean: high, sd: Math.max(spread / 2, leastSd) },
  ];
  const pick = (): number => values[Math.floor(rng() * n)] as number;
  const starts = [halves(p25, p75), ...Array.from({ length: RANDOM_STARTS }, () => halves(pick(), pick()))];
  const fits = starts.map((start) => climb(values, start, leastSd, FIRST_STEPS));
  const ahead = fits.reduce((top, fit) => (fit.logLikelihood > top.logLikelihood ? fit : top));
  const best = climb(values, ahead.pair, leastSd, STEPS);
  const alone = values.reduce((sum, x) => sum + logDensity(x, one), 0);
  const [a, b] = best.pair;
  const logLikelihood = { one: alone, two: Math.max(best.logLikelihood, alone) };
  return {
    one,
    two: a.mean <= b.mean ? [a, b] : [b, a],
    logLikelihood,
    bic: {
      one: 2 * Math.log(n) - 2 * logLikelihood.one,
      two: 5 * Math.log(n) - 2 * logLikelihood.two,
    },
    separation: Math.abs(a.mean - b.mean) / Math.sqrt((a.sd ** 2 + b.sd ** 2) / 2),
    valley: valleyOf([a, b]),
  };
}

function valleyOf([a, b]: Pair): number {
  const density = (x: number): number =>
    a.weight * Math.exp(logDensity(x, a)) + b.weight * Math.exp(logDensity(x, b));
  const shoulder = Math.min(density(a.mean), density(b.mean));
  let least = shoulder;
  for (let step = 1; step < VALLEY_STEPS; step++)
    least = Math.min(least, density(a.mean + ((b.mean - a.mean) * step) / VALLEY_STEPS));
  return least / shoulder;
}

type Pair = readonly [Gaussian, Gaussian];

function climb(
  values: readonly number[],
  start: Pair,
  leastSd: number,
  steps: number,
): { pair: Pair; logLikelihood: number } {
  let pair = start;
  let reached = Number.NEGATIVE_INFINITY;
  for (let step = 0; step < steps; step++) {
    const { next, logLikelihood } = improve(values, pair, leastSd);
    const flat = step > 0 && logLikelihood - reached <= TOLERANCE * Math.max(1, Math.abs(reached));
    reached = logLikelihood;
    if (flat || next === null) break;
    pair = next;
  }
  return { pair, logLikelihood: reached };
}

/** One step of EM; `next` is null where a component has nothing left. `logLikelihood` is that of `pair`. */
function improve(
  values: readonly number[],
  pair: Pair,
  leastSd: number,
): { next: Pair | null; logLikelihood: number } {
  const [a, b] = pair;
  const ofB = new Float64Array(values.length);
  const scaleA = Math.log(a.weight / a.sd) - HALF_LOG_TAU;
  const scaleB = Math.log(b.weight / b.sd) - HALF_LOG_TAU;
  let logLikelihood = 0;
  let count = 0;
  let sumA = 0;
  let sumB = 0;
  for (let i = 0; i < values.length; i++) {
    const x = values[i] as number;
    const inA = scaleA - 0.5 * ((x - a.mean) / a.sd) ** 2;
    const inB = scaleB - 0.5 * ((x - b.mean) / b.sd) ** 2;
    const ratio = Math.exp(-Math.abs(inA - inB));
    const share = (inB > inA ? 1 : ratio) / (1 + ratio);
    ofB[i] = share;
    logLikelihood += Math.max(inA, inB) + Math.log1p(ratio);
    count += share;
    sumB += share * x;
    sumA += (1 - share) * x;
  }
  const rest = values.length - count;
  if (Math.min(count, rest) < LEAST_COUNT) return { next: null, logLikelihood };
  const means = [sumA / rest, sumB / count] as const;
  let squaresA = 0;
  let squaresB = 0;
  for (let i = 0; i < values.length; i++) {
    const x = values[i] as number;
    const share = ofB[i] as number;
    squaresA += (1 - share) * (x - means[0]) ** 2;
    squaresB += share * (x - means[1]) ** 2;
  }
  const gaussian = (weight: number, mean: number, squares: number): Gaussian => ({
    weight: weight / values.length,
    mean,
    sd: Math.max(Math.sqrt(squares / weight), leastSd),
  });
  return {
    next: [gaussian(rest, means[0], squaresA), gaussian(count, means[1], squaresB)],
    logLikelihood,
  };
}

function logDensity(x: number, { mean, sd }: Gaussian): number {
  const z = (x - mean) / sd;
  return -0.5 * z * z - Math.log(sd) - HALF_LOG_TAU;
}
