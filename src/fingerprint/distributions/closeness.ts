import type { Closeness, ClosenessScale } from '../../stats/closeness.js';
import { compareDistributions, MIN_CONTEXTS, type Paired, RESOLUTION } from './compare.js';

/**
 * A sampler explains a difference if undoing it takes three quarters of it away: of a genuine model at temperature 0.7
 * it takes 92 to 99.9 %, of any other fixture model at most 60 % (bench/endpoint/distributions.mjs).
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
  // Dynamic int8 of the fixture families 1.7e-2 and 3.9e-2, Q8_0 3.8e-2, Q4_0 0.36.
  quantized: { location: Math.log(0.1), scale: 1 },
  // Students of two families 0.23 … 0.34.
  distilled: { location: Math.log(0.3), scale: 0.3 },
  altered: { location: Math.log(0.1), scale: 1 },
  // Independent models of the same data and tokenizer 0.32 … 0.45, of other data 0.46 … 0.55: bounds censor the rest.
  unrelated: { location: Math.log(0.5), scale: 0.5 },
  seedScale: 0.15,
  // Another prompt before the same text moves a model as much as another model does.
  elsewhere: { location: Math.log(0.5), scale: 0.8 },
};
