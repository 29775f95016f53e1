import { countWords } from './units.js';

/** Words in each sentence and each clause of a text. */
export interface SentenceLengths {
  readonly sentences: readonly number[];
  readonly clauses: readonly number[];
}

/** Marks that end a sentence, a full stop only before white space or the end, and lines. */
const END = /[。！？!?…]+|\.(?=["'”’)\]*_]*(?:\s|$))|\n+/gu;
/** Marks between clauses; a comma or colon inside a number or an address is none, and 、 only separates items. */
const CLAUSE = /[，；：;—]|[,:](?=\s|$)/u;
/** Full stops that end no sentence: initials, numbers of a list, and titles and abbreviations of English. */
const NO_END =
  /(?:^|[\s("'])(?:\p{L}|\d+|mr|mrs|ms|dr|prof|st|vs|etc|no|fig|eq|e\.g|i\.e|cf|approx|inc|ltd|jr|sr|dept)$/iu;
/** What NO_END looks at: longer than any of its words. */
const LOOK_BACK = 12;

/**
 * Sentences and clauses by punctuation alone, in words (Chinese: characters). Rules of our own, because Intl.Segmenter
 * follows the ICU of each Node release; text without punctuation is one sentence per line.
 */
export function sentenceLengths(text: string): SentenceLengths {
  const sentences: number[] = [];
  const clauses: number[] = [];
  for (const sentence of sentencesOf(text)) {
    const parts = sentence
      .split(CLAUSE)
      .map(countWords)
      .filter((words) => words > 0);
    if (parts.length === 0) continue;
    clauses.push(...parts);
    sentences.push(parts.reduce((sum, words) => sum + words, 0));
  }
  return { sentences, clauses };
}

/** In order; marks are left out. */
export function sentencesOf(text: string): string[] {
  const found: string[] = [];
  let start = 0;
  for (const { 0: mark, index } of text.matchAll(END)) {
    if (mark === '.' && NO_END.test(text.slice(Math.max(start, index - LOOK_BACK), index))) continue;
    found.push(text.slice(start, index));
    start = index + mark.length;
  }
  found.push(text.slice(start));
  return found.filter((sentence) => sentence.trim() !== '');
}
