import { nullBayesFactor } from '../stats/p-value-calibration.js';

/**
 * Policy: chance that the version itself answers with another distribution, because of a hidden system prompt or another
 * sampler. One in e²: text can speak for two nats against a version, and no more.
 */
const HONEST_DIFFERENCE = Math.exp(-2);

/**
 * Natural-log likelihood of a two-sample p-value if the candidate is the version it was compared with, relative to any
 * other model. 0 for large p: models that cannot be told apart by text give those too. Never below −2.
 */
export function equalityLikelihood(p: number): number {
  return Math.log(HONEST_DIFFERENCE + (1 - HONEST_DIFFERENCE) * nullBayesFactor(p));
}
