import type { Distribution } from './types.js';

/** Fewer contexts than this and a mean says little. */
export const MIN_CONTEXTS = 8;
/** Added before the logarithm: half the resolution of stored log-probabilities. */
export const RESOLUTION = 5e-4;

/** One token of one context, as two models see it. */
interface Pair {
  readonly a: number;
  readonly b: number;
}

export interface Paired {
  /** Mean |Δ log p| over the most probable tokens of either. */
  readonly distance: number;
  /** Tokens both list. */
  readonly both: readonly Pair[];
}

/** Two distributions over the tokens of one context; null when nothing can be said. */
export function pairTop(a: Distribution, b: Distribution): Paired | null {
  const [listA, listB] = [new Map(a.top), new Map(b.top)];
  const size = Math.min(listA.size, listB.size);
  const tokens = new Set([...a.top.slice(0, size), ...b.top.slice(0, size)].map(([text]) => text));
  const both: Pair[] = [];
  let sum = 0;
  let count = 0;
  for (const text of tokens) {
    const [inA, inB] = [listA.get(text), listB.get(text)];
    if (inA !== undefined && inB !== undefined) both.push({ a: inA, b: inB });
    const difference =
      inA === undefined
        ? belowLast(inB as number, a)
        : inB === undefined
          ? belowLast(inA, b)
          : Math.abs(inA - inB);
    if (difference === null) continue;
    sum += difference;
    count++;
  }
  return count === 0 ? null : { distance: sum / count, both };
}

/** A token that a list does not hold is at most as probable as its last: so far apart at least. Null where it was cut. */
function belowLast(value: number, { top, cut }: Distribution): number | null {
  return cut ? null : Math.max(0, value - (top.at(-1)?.[1] ?? value));
}

/** Mean distance over contexts, as stated and after undoing a sampler. */
export function compareDistributions(pairs: readonly Paired[]): {
  readonly distance: number;
  readonly temperature: number;
  /** Distance after dividing by a common temperature and renormalizing each context; null where too little is common. */
  readonly rescaled: number | null;
} {
  const distance = mean(pairs.map((pair) => pair.distance));
  const lists = pairs.map(({ both }) => both).filter((both) => both.length >= MIN_COMMON);
  const slope = median(lists.map(slopeOf).filter((value) => value > 0));
  if (lists.length < MIN_CONTEXTS || !Number.isFinite(slope))
    return { distance, temperature: 1, rescaled: null };
  return { distance, temperature: 1 / slope, rescaled: mean(lists.map((both) => residual(both, slope))) };
}

/** A line needs three points to be off it. */
const MIN_COMMON = 3;

/** Least squares through the centres, of a on b: log p at temperature T is log p / T and a constant. */
function slopeOf(both: readonly Pair[]): number {
  const [ma, mb] = [mean(both.map(({ a }) => a)), mean(both.map(({ b }) => b))];
  let [ab, bb] = [0, 0];
  for (const { a, b } of both) {
    ab += (a - ma) * (b - mb);
    bb += (b - mb) ** 2;
  }
  return ab / bb;
}

function residual(both: readonly Pair[], slope: number): number {
  const differences = both.map(({ a, b }) => a / slope - b);
  const centre = median(differences);
  return mean(differences.map((value) => Math.abs(value - centre)));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}
