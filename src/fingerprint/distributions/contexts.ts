import type { SuiteText } from '../../core/types.js';

/** A prefix of a passage, after which the next token is asked for. */
export interface Context {
  /** Passage and UTF-16 offset: two runs compare what they say after the same text. */
  readonly id: string;
  readonly passage: SuiteText;
  readonly offset: number;
}

/** Every token costs money and time, and small models read 256 tokens; in a script of three bytes a letter so long a text has fewer letters. */
const MAX_PREFIX_BYTES = 400;
/** Less text than this is hardly a context. */
const MIN_PREFIX_BYTES = 16;

/**
 * Prefixes of passages, the first `count` of one fixed order: round after round one of each passage, at places that
 * spread over it. A larger budget only adds to a smaller one, so runs of different tiers have contexts in common.
 */
export function planContexts(texts: readonly SuiteText[], count: number): Context[] {
  const places = texts.map((passage) => ({ passage, offsets: spread(cuts(passage.text)) }));
  const rounds = Math.max(0, ...places.map(({ offsets }) => offsets.length));
  const planned: Context[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const { passage, offsets } of places) {
      const offset = offsets[round];
      if (offset !== undefined) planned.push({ id: `${passage.id}@${offset}`, passage, offset });
    }
  }
  return planned.slice(0, count);
}

/**
 * Offsets after a letter or digit and before a space or punctuation. Public tokenizers begin a new word there, so the
 * prefix alone is cut into the tokens that it has within the passage.
 */
function cuts(text: string): number[] {
  const found: number[] = [];
  let bytes = 0;
  let inWord = false;
  let offset = 0;
  for (const character of text) {
    const word = /[\p{L}\p{N}]/u.test(character);
    if (inWord && !word && bytes >= MIN_PREFIX_BYTES) found.push(offset);
    inWord = word;
    bytes += Buffer.byteLength(character);
    offset += character.length;
    if (bytes > MAX_PREFIX_BYTES) break;
  }
  return found;
}

/** Reordered by bit reversal of the index (van der Corput), so that the first few are far apart. */
function spread(offsets: readonly number[]): number[] {
  const size = 2 ** Math.ceil(Math.log2(Math.max(1, offsets.length)));
  const reversed = (index: number): number => {
    let out = 0;
    for (let bit = 1; bit < size; bit *= 2) out = out * 2 + (Math.floor(index / bit) % 2);
    return out;
  };
  return Array.from({ length: size }, (_, i) => offsets[reversed(i)]).filter(
    (offset): offset is number => offset !== undefined,
  );
}
