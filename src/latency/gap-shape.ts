import { pearson } from '../stats/pearson.js';
import { summarize } from '../stats/summary.js';

/** Below this two deltas came in one read of a socket: speculation, a batching gateway or a buffer. */
export const TOGETHER_MS = 0.1;

/** How the gaps of one reply are spread and ordered. Null where too few, or all alike. */
export interface GapShape {
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly iqrMs: number;
  /** Standard deviation over mean. */
  readonly cv: number | null;
  /** Correlation of a gap with the one before it. */
  readonly lag1: number | null;
  /** Share of gaps below TOGETHER_MS. */
  readonly together: number;
  /** Least-squares growth of a gap over the reply, in ms per 100 deltas: a longer cache costs more to read. */
  readonly slope: number | null;
}

/** Lag and slope of fewer gaps are noise. */
const LEAST_GAPS = 8;

/** Null for no gaps. */
export function gapShape(gapsMs: readonly number[]): GapShape | null {
  if (gapsMs.length === 0) return null;
  const { median, p95, p25, p75, mean, sd } = summarize(gapsMs);
  const enough = gapsMs.length >= LEAST_GAPS && sd !== null && sd > 0;
  return {
    medianMs: median,
    p95Ms: p95,
    iqrMs: p75 - p25,
    cv: sd !== null && mean > 0 ? sd / mean : null,
    lag1: enough ? finite(pearson(gapsMs.slice(1), gapsMs.slice(0, -1))) : null,
    together: gapsMs.filter((ms) => ms < TOGETHER_MS).length / gapsMs.length,
    slope: enough ? 100 * slopeOf(gapsMs, mean) : null,
  };
}

function slopeOf(values: readonly number[], mean: number): number {
  const middle = (values.length - 1) / 2;
  const product = values.reduce((sum, value, i) => sum + (i - middle) * (value - mean), 0);
  const squares = values.reduce((sum, _, i) => sum + (i - middle) ** 2, 0);
  return product / squares;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
