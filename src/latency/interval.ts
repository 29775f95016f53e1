import { seededRng } from '../core/rng.js';
import type { Detail } from '../core/types.js';
import { bootstrap } from '../stats/bootstrap.js';
import { summarize } from '../stats/summary.js';

/** Resamples of fewer replies are a handful of combinations. */
const LEAST_REPLIES = 8;
const RESAMPLES = 1000;
/** Every draw of one report is the same. */
const SEED = 2;

/**
 * Median over replies with its 95 % bootstrap interval. Replies are resampled, never gaps: gaps of one reply are alike,
 * and would make the interval too narrow.
 */
export function interval(label: string, unit: string, values: readonly number[]): Detail[] {
  if (values.length === 0) return [];
  const median = (sample: readonly number[]): number => summarize(sample).median;
  const row = (name: string, value: number): Detail =>
    unit === '' ? { type: 'number', label: name, value } : { type: 'number', label: name, value, unit };
  if (values.length < LEAST_REPLIES) return [row(label, median(values))];
  const { low, high } = bootstrap(values, median, { rng: seededRng(SEED), resamples: RESAMPLES });
  return [row(label, median(values)), row(`${label}, 95 % from`, low), row(`${label}, 95 % to`, high)];
}
