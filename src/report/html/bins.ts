import type { Range } from '../grid.js';
import { quantile } from '../samples.js';

export interface Bins {
  readonly low: number;
  readonly step: number;
  readonly counts: readonly number[];
  /** Samples above the last bin. */
  readonly beyond: number;
}

/** Where to end the axis: a rare stall must not squeeze the bulk of a distribution into one bar. */
export function drawnRange(sorted: readonly number[]): Range {
  const low = sorted[0] ?? 0;
  const high = sorted.at(-1) ?? 0;
  const median = quantile(sorted, 0.5);
  const tail = median + 6 * (quantile(sorted, 0.95) - median);
  const top = tail > median && tail < high ? tail : high;
  return top > low ? [low, top] : [low - 0.5, low + 0.5];
}

/** Equal bins over `range`, their number by the Rice rule. */
export function binned(sorted: readonly number[], [low, high]: Range): Bins {
  const wanted = Math.max(6, Math.min(40, Math.ceil(2 * Math.cbrt(sorted.length))));
  const step = (high - low) / wanted;
  const counts = Array.from({ length: wanted }, () => 0);
  let beyond = 0;
  for (const value of sorted) {
    const index = Math.min(wanted - 1, Math.max(0, Math.floor((value - low) / step)));
    if (value > high) beyond += 1;
    else counts[index] = (counts[index] ?? 0) + 1;
  }
  return { low, step, counts, beyond };
}
