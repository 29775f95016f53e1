import { logMixture } from '../../stats/log-mixture.js';
import { logPolyaUrn } from '../../stats/polya-urn.js';

/** Hidden prompts of more tokens than this are no overhead of a template. */
const FARTHEST = 2 ** 17;
/** Template overheads are a few tokens, hidden prompts tens to thousands: no scale is favoured beyond this many tokens. */
const NEAR = 8;
/** A server that leaves out part of a text, such as white space or cached tokens. */
const BELOW = 0.1;
const HARMONIC = Math.log((FARTHEST + NEAR) / (NEAR - 0.5));

/** ln P of one overhead before any is seen: log-uniform, with a head of a few tokens. */
export function logOverhead(tokens: number): number {
  const side = tokens < 0 ? BELOW : 1 - BELOW;
  return Math.log(side) - Math.log(Math.min(Math.abs(tokens), FARTHEST) + NEAR) - Math.log(HARMONIC);
}

/** Servers have one overhead, or a few: replicas, revisions of a template, a date in a hidden prompt. */
const FEW = 0.5;
/** A counter that merely resembles a tokenizer differs from it now one way and now another. */
const MANY = 8;

/** ln P of differences between reported tokens and a tokenizer's, group by group, if that tokenizer counted. */
export function logCounted(groups: readonly (readonly number[])[]): number {
  return sumOf(groups, (differences) => logPolyaUrn(differences, FEW, logOverhead));
}

/** The same if what counted is something else that resembles that tokenizer. */
export function logResembling(groups: readonly (readonly number[])[]): number {
  return sumOf(groups, (differences) => logPolyaUrn(differences, MANY, logOverhead));
}

/** Relative spread of counts about the middle of known tokenizers; characters/4 stays within it on prose and code. */
const SPREAD = 0.3;
/** Share of counts that have nothing to do with the text shown. */
const UNRELATED = 0.2;

/** ln P of one reported count if something unknown counted a text to which known tokenizers give about `typical` tokens. */
export function logAnyCount(reported: number, typical: number): number {
  const z = Math.log((reported + 1) / (typical + 1)) / SPREAD;
  // Laplace density in the logarithm of the count, over the width of one token there.
  const related = -Math.abs(z) - Math.log(2 * SPREAD) - Math.log(reported + 1);
  const unrelated = -Math.log(Math.log(FARTHEST)) - Math.log(reported + 1);
  return logMixture([
    [1 - UNRELATED, related],
    [UNRELATED, unrelated],
  ]);
}

function sumOf<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0);
}
