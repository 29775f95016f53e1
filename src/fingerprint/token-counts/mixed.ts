import { logGamma } from '../../stats/log-gamma.js';
import { logMixture } from '../../stats/log-mixture.js';
import { logBeside, logExact, logNear } from './overheads.js';

/** Requests of a session divided between two counters. */
export interface Division {
  readonly logLikelihood: number;
  /** Places of the requests that the second one answered. */
  readonly second: readonly number[];
}

/**
 * Beta prior of the second counter's share, nearly uniform in its logarithm: one request in 150 and half of all are
 * both ordinary.
 */
const SHARE = [0.2, 1] as const;

/**
 * ln P of a session that the first tokenizer counted but for some requests that the second did, by its best division,
 * which bounds the sum over divisions from below. A request is the second's if the first has no like of it and the
 * second has.
 */
export function divide(first: readonly number[], second: readonly number[]): Division {
  const usual = common(first);
  const left = first.flatMap((overhead, at) => (usual.has(overhead) ? [] : [at]));
  const again = common(left.map((at) => second[at] as number));
  const taken = left.filter((at) => usual.has(second[at] as number) || again.has(second[at] as number));
  const kept = first.filter((_, at) => !taken.includes(at));
  return {
    logLikelihood:
      logShare(taken.length, first.length) +
      logExact(kept) +
      logBeside(
        taken.map((at) => second[at] as number),
        kept,
      ),
    second: taken,
  };
}

/** Unknown counters of some requests: half run beside a known tokenizer, half do not. */
const BESIDE = 0.5;

/**
 * The same where the second counter is unknown: `anyhow` holds ln P of each count for it, `others` the overheads under
 * the tokenizers beside which it may run.
 */
export function divideUnknown(
  first: readonly number[],
  anyhow: readonly number[],
  others: readonly (readonly number[])[],
): number {
  const usual = common(first);
  const taken = first.flatMap((overhead, at) => (usual.has(overhead) ? [] : [at]));
  const kept = first.filter((overhead) => usual.has(overhead));
  const of = (values: readonly number[]): number[] => taken.map((at) => values[at] as number);
  const loose = logMixture([
    [1 - BESIDE, of(anyhow).reduce((sum, value) => sum + value, 0)],
    ...others.map((other): [number, number] => [BESIDE / others.length, logNear(of(other))]),
  ]);
  return logShare(taken.length, first.length) + logExact(kept) + loose;
}

/** Overheads below this share of a session may be alike by chance, being a few dozen different numbers. */
const COMMON_SHARE = 0.05;

/** Overheads that occur again and again. */
export function common(overheads: readonly number[]): ReadonlySet<number> {
  const times = new Map<number, number>();
  for (const overhead of overheads) times.set(overhead, (times.get(overhead) ?? 0) + 1);
  const least = Math.max(2, COMMON_SHARE * overheads.length);
  return new Set([...times].filter(([, count]) => count >= least).map(([overhead]) => overhead));
}

/** ln P of one particular set of `taken` among `all`, the share integrated out. */
function logShare(taken: number, all: number): number {
  const [a, b] = SHARE;
  return logBeta(a + taken, b + all - taken) - logBeta(a, b);
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}
