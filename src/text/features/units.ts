/** Letters, marks and digits, with apostrophes and hyphens inside. */
const RUN = /[\p{L}\p{M}\p{N}]+(?:['’\-‐][\p{L}\p{M}\p{N}]+)*/gu;
/** Chinese characters, Japanese kana and the marks written among them; first code point and last, in order. */
const IDEOGRAPHS: readonly (readonly [number, number])[] = [
  [0x2e80, 0x2fdf],
  [0x3005, 0x3007],
  [0x3041, 0x30ff],
  [0x31f0, 0x31ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xf900, 0xfaff],
  [0xff66, 0xff9f],
  [0x20000, 0x3ffff],
];

/** Where nearly all of them are. */
const MOST = [0x4e00, 0x9fff] as const;

/** A text cut into what its language counts by. */
export interface Units {
  /** Words in lower case; of Chinese and Japanese, characters. */
  readonly words: readonly string[];
  /** The same words as numbers, equal where the words are. */
  readonly ids: readonly number[];
}

/**
 * Cut a text into words: runs of letters, marks and digits, in lower case, and each Chinese or Japanese character by
 * itself. Whole words of those languages need a dictionary, and Intl.Segmenter's changes with the ICU of every Node
 * release, so that one text would have other words on another machine; characters are the same everywhere.
 */
export function unitsOf(text: string): Units {
  const words: string[] = [];
  for (const run of text.normalize('NFC').toLowerCase().match(RUN) ?? [])
    cut(run, (word) => words.push(word));
  const known = new Map<string, number>();
  const ids = words.map((word) => {
    const id = known.get(word) ?? known.size;
    if (id === known.size) known.set(word, id);
    return id;
  });
  return { words, ids };
}

/** Words of a text, counted. */
export function countWords(text: string): number {
  let count = 0;
  const add = (): void => {
    count++;
  };
  for (const run of text.match(RUN) ?? []) cut(run, add);
  return count;
}

/** The beginning of a text, up to and with the n-th word. */
export function firstWords(text: string, n: number): string {
  let left = n;
  let end = 0;
  for (const { 0: run, index } of text.matchAll(RUN)) {
    if (left === 0) return text.slice(0, end);
    let from = index;
    cut(run, (word) => {
      if (left === 0) return;
      from = text.indexOf(word, from) + word.length;
      end = from;
      left--;
    });
  }
  return left === 0 ? text.slice(0, end) : text;
}

export function isIdeograph(word: string): boolean {
  return ideograph(word.codePointAt(0) ?? 0);
}

function ideograph(code: number): boolean {
  if (code < 0x2e80) return false;
  if (code >= MOST[0] && code <= MOST[1]) return true;
  return IDEOGRAPHS.some(([first, last]) => code >= first && code <= last);
}

/** Hand out the words of a run: all of it, or its characters and what stands between them. */
function cut(run: string, take: (word: string) => void): void {
  let from = 0;
  for (let i = 0; i < run.length; ) {
    const code = run.codePointAt(i) as number;
    const width = code > 0xffff ? 2 : 1;
    if (ideograph(code)) {
      if (i > from) rest(run.slice(from, i), take);
      take(run.slice(i, i + width));
      from = i + width;
    }
    i += width;
  }
  if (from === 0) take(run);
  else if (from < run.length) rest(run.slice(from), take);
}

/** A hyphen between a word and a character belongs to neither. */
function rest(part: string, take: (word: string) => void): void {
  for (const word of part.match(RUN) ?? []) take(word);
}
