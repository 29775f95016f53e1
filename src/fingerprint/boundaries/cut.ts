import { logSumExp } from '../../stats/log-sum-exp.js';

/** A reply that was to end at a cap, as one tokenizer counts it. */
export interface CutCount {
  /** Replies of one shape hide the same tokens: markup between reasoning and answer, a dropped line feed. */
  readonly shape: string;
  /** Tokens of what was shown, minus the cap. */
  readonly off: number;
  readonly cap: number;
  /** Chance that something else ended it. */
  readonly stray: number;
}

/**
 * Chance that an honest reply is off by this much from what the session's replies of its shape usually are. Recounts
 * of canonical tokens agree in 897 of 900 cuts of recorded reasoning; a recorded R1 emits about one token in a
 * thousand that is not canonical, which lowers a recount by one or two; unfinished characters are dropped.
 */
const NOISE: Readonly<Record<number, number>> = {
  0: 0.76,
  [-1]: 0.12,
  [-2]: 0.045,
  [-3]: 0.015,
  1: 0.03,
  2: 0.01,
};
const NOISE_TAIL = 0.02;
/** Each further token is this much rarer. */
const NOISE_DECAY = 0.6;

/**
 * Usual distance of a session: 0 where everything counted is shown, down to −2 for `<think>` and its line feed, −4
 * with `</think>` and blank lines behind it; above 0 where a server allows a token more, or shows markup as text.
 */
const OFFSET: Readonly<Record<number, number>> = {
  [-6]: 0.01,
  [-5]: 0.02,
  [-4]: 0.05,
  [-3]: 0.08,
  [-2]: 0.16,
  [-1]: 0.2,
  0: 0.38,
  1: 0.06,
  2: 0.02,
  3: 0.01,
  4: 0.01,
};

/** A cut at an unrelated place leaves anything up to about four times the cap. */
const SPAN = 4;

/** ln chance of the counts if their tokenizer is the one that cut. */
export function logCut(counts: readonly CutCount[]): number {
  const shapes = [...new Set(counts.map(({ shape }) => shape))];
  return shapes.reduce((sum, shape) => sum + ofShape(counts.filter((count) => count.shape === shape)), 0);
}

/** ln chance of the counts if something else cut. */
export function logUncut(counts: readonly Pick<CutCount, 'cap'>[]): number {
  return counts.reduce((sum, { cap }) => sum - Math.log(SPAN * cap), 0);
}

function ofShape(counts: readonly CutCount[]): number {
  const logs = Object.entries(OFFSET).map(([offset, share]) =>
    counts.reduce((sum, count) => sum + Math.log(chance(count, Number(offset))), Math.log(share)),
  );
  return logSumExp(logs, 0, logs.length);
}

function chance({ off, cap, stray }: CutCount, offset: number): number {
  return (1 - stray) * noise(off - offset) + stray / (SPAN * cap);
}

function noise(error: number): number {
  const stated = NOISE[error];
  if (stated !== undefined) return stated;
  const beyond = error < 0 ? -error - 4 : error - 3;
  return (NOISE_TAIL / 2) * (1 - NOISE_DECAY) * NOISE_DECAY ** beyond;
}
