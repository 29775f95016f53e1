import type { SplitName } from './types.js';

// JavaScript's \s has U+FEFF and lacks U+0085; the engines of the original libraries use White_Space.
const SPACE = String.raw`\p{White_Space}`;
const NO_SPACE = String.raw`\P{White_Space}`;
const ENDING = '[sSſ]|[tT]|[rR][eE]|[vV][eE]|[mM]|[lL][lL]|[dD]';
const APOSTROPHE = `'(?:${ENDING})`;
const WORD = String.raw`[^\r\n\p{L}\p{N}]?\p{L}+`;
const SYMBOLS = String.raw` ?[^${SPACE}\p{L}\p{N}]+[\r\n]*`;
const BLANKS = String.raw`${SPACE}*[\r\n]+|${SPACE}+(?!${NO_SPACE})|${SPACE}+`;
const UPPER = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`;
const LOWER = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;
const CASED = `${UPPER}*${LOWER}+(?:${APOSTROPHE})?|[^\\r\\n\\p{L}\\p{N}]?${UPPER}+${LOWER}*(?:${APOSTROPHE})?`;
const DEEPSEEK_MARK = '[!"#$%&\'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+';
const DEEPSEEK_WORD = String.raw`[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*`;

/** Patterns applied one after another, each to the pieces the earlier ones left; what no pattern takes is a piece too. */
const PATTERNS: Readonly<Record<SplitName, readonly string[]>> = {
  'deepseek-v3': [
    String.raw`\p{N}{1,3}`,
    '[一-龥\u3040-ゟ゠-ヿ]+',
    `${DEEPSEEK_MARK}|${DEEPSEEK_WORD}|${BLANKS}`,
  ],
  qwen2: [String.raw`${APOSTROPHE}|${WORD}|\p{N}|${SYMBOLS}|${BLANKS}`],
  'llama-3': [String.raw`${APOSTROPHE}|${WORD}|\p{N}{1,3}|${SYMBOLS}|${BLANKS}`],
  // Spaces at the end of a text are one piece since tiktoken 0.6.
  cl100k: [String.raw`${APOSTROPHE}|${WORD}|\p{N}{1,3}|${SYMBOLS}|${SPACE}+$|${BLANKS}`],
  o200k: [String.raw`[^\r\n\p{L}\p{N}]?${CASED}|\p{N}{1,3}| ?[^${SPACE}\p{L}\p{N}]+[\r\n/]*|${BLANKS}`],
};

export const SPLIT_NAMES = Object.keys(PATTERNS) as readonly SplitName[];

/** Gives the ends of the pieces a text is cut into before merging, in UTF-16 units. */
export type Splitter = (text: string) => readonly number[];

export function splitterOf(name: SplitName): Splitter {
  const patterns = PATTERNS[name].map((source) => new RegExp(source, 'gu'));
  return (text) => {
    let ends: readonly number[] = text.length > 0 ? [text.length] : [];
    for (const pattern of patterns) ends = refined(text, ends, pattern);
    return ends;
  };
}

/** Each piece is matched on its own: a look-ahead must not see the next one. */
function refined(text: string, ends: readonly number[], pattern: RegExp): number[] {
  const finer: number[] = [];
  let start = 0;
  for (const end of ends) {
    let last = start;
    for (const match of text.slice(start, end).matchAll(pattern)) {
      const from = start + match.index;
      if (from > last) finer.push(from);
      last = from + match[0].length;
      finer.push(last);
    }
    if (last < end) finer.push(end);
    start = end;
  }
  return finer;
}
