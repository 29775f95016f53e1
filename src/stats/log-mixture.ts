import { logSumExp } from './log-sum-exp.js';

/** ln Σ weight · exp(value): the log-likelihood of a mixture. Weights of 0 are left out. */
export function logMixture(parts: readonly (readonly [weight: number, logLikelihood: number])[]): number {
  const terms = parts.filter(([weight]) => weight > 0).map(([weight, value]) => Math.log(weight) + value);
  return logSumExp(terms, 0, terms.length);
}
