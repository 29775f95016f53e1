/**
 * Most a group of signals may say for one hypothesis over another, in nats: −ln of the chance that it is wrong about a
 * genuine candidate in a way its noise model does not hold. Digests, shapes and containers are read, and theirs are
 * chances of clerical errors; what a model does is measured, and its chances rest on how many honest measurements were
 * seen without one. A group that is not here has not been calibrated: it is shown and does not weigh.
 */
const CAP: Readonly<Record<string, number>> = {
  identity: 20,
  claims: 5,
  lineage: 10,
  architecture: 14,
  precision: 14,
  'log-probabilities': 14,
  tokenizer: 5,
  'token-counts': 12,
  'token-boundaries': 12,
  vocabulary: 12,
  behaviour: 2,
  text: 0.5,
  service: 1,
  signature: 14,
  attention: 0.5,
  repetition: 0.5,
};

/** Groups whose likelihoods are densities of measurements; those of all others are error rates of reading. */
const MEASURED: ReadonlySet<string> = new Set([
  'log-probabilities',
  'token-counts',
  'token-boundaries',
  'vocabulary',
]);

/**
 * Groups that may carry an accusation and their shares of it, by what a candidate is; chosen before anything is measured.
 * Half of that against a service is bet on token counts, which are asked first and cost least.
 */
const ACCUSERS: Readonly<Record<'service' | 'delivery', Readonly<Record<string, number>>>> = {
  service: { 'token-counts': 0.5, 'log-probabilities': 0.3, 'token-boundaries': 0.1, vocabulary: 0.1 },
  delivery: { identity: 0.2, lineage: 0.2, architecture: 0.2, precision: 0.2, 'log-probabilities': 0.2 },
};

export function capOf(group: string): number {
  return CAP[group] ?? 0;
}

export function isMeasured(group: string): boolean {
  return MEASURED.has(group);
}

/** Shares sum to 1. */
export function accusersOf(candidateKind: string): Readonly<Record<string, number>> {
  return ACCUSERS[candidateKind === 'endpoint' || candidateKind === 'log' ? 'service' : 'delivery'];
}
