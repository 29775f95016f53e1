import { normalQuantile } from '../../../dist/esm/stats/normal-quantile.js';

/** Score interval of a binomial share. Source: Wilson 1927 (JASA 22:209). */
export function wilson(successes, trials, level = 0.95) {
  if (trials === 0) return { low: 0, high: 1 };
  const z = normalQuantile((1 + level) / 2);
  const share = successes / trials;
  const scale = 1 + z ** 2 / trials;
  const middle = (share + z ** 2 / (2 * trials)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / trials + z ** 2 / (4 * trials ** 2));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
