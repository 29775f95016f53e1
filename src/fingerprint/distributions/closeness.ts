import type { Closeness, ClosenessScale } from '../../stats/closeness.js';
import { compareDistributions, MIN_CONTEXTS, type Paired, RESOLUTION } from './compare.js';

/**
 * A sampler explains a difference if undoing it takes three quarters of it away: of a genuine model at temperature 0.7
 * it takes all that noise and rounding leave (over 99 %), of an 8-bit copy 92 %, of any other fixture model at most 60 %.
 */
const EXPLAINED = 4;

/** Distance of two models' distributions on a logarithmic axis; `doubt` is the chance that contexts were not the same. */
export function distributionCloseness(pairs: readonly Paired[], doubt: number): Closeness | null {
  if (pairs.length < MIN_CONTEXTS) return null;
  const { distance, temperature, rescaled } = compareDistributions(pairs);
  const explained = rescaled !== null && EXPLAINED * (rescaled + RESOLUTION) < distance;
  return {
    value: Math.log((explained ? rescaled : distance) + RESOLUTION),
    n: pairs.length,
    doubt,
    ...(explained ? { how: `undoing a sampler of temperature ${temperature.toFixed(2)}` } : {}),
  };
}

type Levels = Omit<ClosenessScale<never>, 'read' | 'compare' | 'incomparable'>;

/** Levels of mean |Δ log p| over most probable tokens; a token that one list lacks counts with the least it can differ. */
export const DISTRIBUTION_LEVELS: Levels = {
  unit: 'nats',
  display: (value) => Math.max(0, Math.exp(value) - RESOLUTION),
  decimals: 4,
  closer: -1,
  // Engines, threads and caches ≤ 1.5e-3, F16 2.2e-3, BF16 1.2e-2: measured on a llama.cpp server over top-20 lists.
  sameWeights: { location: Math.log(3e-3), scale: 0.8, df: 20 },
  // int8 copies of the fixture families 3.7e-3 … 3.5e-2 and Q8_0 3.8e-2, 4-bit copies 6.5e-2 … 0.13 and Q4_0 0.36.
  quantized: { location: Math.log(0.1), scale: 1 },
  // Students of two families 0.21 … 0.27, two students of one teacher 0.16 … 0.20.
  distilled: { location: Math.log(0.25), scale: 0.3 },
  altered: { location: Math.log(0.1), scale: 1 },
  // Independent models of the same data and tokenizer 0.29 … 0.38, of other data 0.45 … 0.53: bounds censor the rest.
  unrelated: { location: Math.log(0.4), scale: 0.5 },
  seedScale: 0.15,
  // Another prompt before the same text moves a model as much as another model does.
  elsewhere: { location: Math.log(0.5), scale: 0.8 },
};
