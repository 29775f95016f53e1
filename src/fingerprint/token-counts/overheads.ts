import { logMixture } from '../../stats/log-mixture.js';
import { logPolyaUrn } from '../../stats/polya-urn.js';

/** Contexts of public models end here: no hidden prompt is longer. */
const FARTHEST = 2 ** 17;
/** Template overheads are a few tokens, hidden prompts tens to thousands: log-uniform, flat below this many. */
const NEAR = 8;
const NORMALIZER = Math.log((FARTHEST + NEAR) / (NEAR - 0.5));
/**
 * Policy: chance that a server states fewer tokens than the text alone has under its own tokenizer. Templates and
 * hidden prompts only add; what subtracts, such as cached tokens left out, nearly always says so.
 */
const BELOW_TEXT = 3e-4;

/** ln P of one overhead before any is seen. */
export function logOverhead(tokens: number): number {
  const side = tokens < 0 ? BELOW_TEXT : 1 - BELOW_TEXT;
  return Math.log(side) - Math.log(Math.min(Math.abs(tokens), FARTHEST) + NEAR) - Math.log(NORMALIZER);
}

/** Servers have one overhead, or a few: replicas, revisions of a template, a hidden prompt that is changed. */
const FEW = 0.5;
/** A counter that merely resembles a tokenizer differs from it now one way and now another. */
const MANY = 50;

/** ln P of what remains of the reported counts, if that tokenizer counted. */
export function logExact(overheads: readonly number[]): number {
  return logPolyaUrn(overheads, FEW, logOverhead);
}

/** The same if something that resembles that tokenizer counted. */
export function logResembling(overheads: readonly number[]): number {
  return logPolyaUrn(overheads, MANY, logOverhead);
}

/** Policy: a distilled version keeps its teacher's template, so its requests mostly have the overhead of the others. */
const SAME_TEMPLATE = 0.8;

/** ln P of the overheads of requests another tokenizer counted, beside those of the main one. */
export function logBeside(overheads: readonly number[], main: readonly number[]): number {
  const seen = new Map<number, number>();
  for (const overhead of main) seen.set(overhead, (seen.get(overhead) ?? 0) + 1);
  return logPolyaUrn(overheads, FEW, (tokens) =>
    logMixture([
      [1 - SAME_TEMPLATE, logOverhead(tokens)],
      [(SAME_TEMPLATE * (seen.get(tokens) ?? 0)) / Math.max(1, main.length), 0],
    ]),
  );
}

/** Relative spread of unknown counters about known ones: characters divided by four stay within it on prose. */
const SPREAD = 0.3;
/** Share of counts that have nothing to do with the text. */
const UNRELATED = 0.2;

/** ln P of a reported count if something unknown counted a text to which known tokenizers give about `typical`. */
export function logAnyCount(reported: number, typical: number): number {
  const ratio = Math.log((reported + 1) / (typical + 1)) / SPREAD;
  const width = -Math.log(reported + 1);
  return logMixture([
    [1 - UNRELATED, width - Math.abs(ratio) - Math.log(2 * SPREAD)],
    [UNRELATED, width - Math.log(Math.log(FARTHEST))],
  ]);
}

/** Spreads, in tokens, of a counter that runs beside a tokenizer without being it. */
const SCALES = [2, 4, 8, 16, 32];

/**
 * ln P if what counted runs beside that tokenizer: on texts of one language, characters divided by four stay within a
 * few tokens of the tokenizers that know it. Discrete Laplace about the median, scale integrated out. The median is
 * taken as known, which favours this explanation over an exact one.
 */
export function logNear(overheads: readonly number[]): number {
  if (overheads.length === 0) return 0;
  const sorted = [...overheads].sort((a, b) => a - b);
  const centre = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  const distance = overheads.reduce((sum, overhead) => sum + Math.abs(overhead - centre), 0);
  return (
    logOverhead(centre) +
    logMixture(
      SCALES.map((scale): [number, number] => [
        1 / SCALES.length,
        overheads.length * Math.log(Math.tanh(1 / (2 * scale))) - distance / scale,
      ]),
    )
  );
}
