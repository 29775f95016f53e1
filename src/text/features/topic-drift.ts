import { isIdeograph } from './units.js';

/** Terms of a window: fewer share too few terms by chance, more leave short replies with one window. */
const WINDOW = 20;
/** Words that any text on any topic has. */
const COMMON = new Set(
  (
    'a an the and or but if so as of in on at by to for from with about into than then that this these those it its he ' +
    'she they them his her their we us our you your i me my is are was were be been being am do does did have has had ' +
    'not no yes will would can could should may might must there here what which who when where how why all any some ' +
    'more most very just also only up down out over such one'
  ).split(' '),
);
const COMMON_CHARACTERS = new Set(
  '的了是在我你他她它们这那有和与不就也都要会到说着上下个一为之以于而及并'.split(''),
);

/** Changes of vocabulary along a text: 0 where windows use the same terms alike, 1 where they share none. */
export interface TopicDrift {
  /** 1 − mean cosine of neighbouring windows. */
  readonly step: number;
  /** 1 − cosine of the first and the last window. */
  readonly whole: number;
}

/**
 * Cosine between term frequencies of windows of 20 terms (after Hearst 1997, "TextTiling"): words without common ones;
 * of Chinese and Japanese, pairs of neighbouring characters. Null for fewer than two windows.
 */
export function topicDrift(words: readonly string[]): TopicDrift | null {
  const terms = termsOf(words);
  const windows: Map<string, number>[] = [];
  for (let start = 0; start + WINDOW <= terms.length; start += WINDOW) {
    const counts = new Map<string, number>();
    for (let i = start; i < start + WINDOW; i++) {
      const term = terms[i] as string;
      counts.set(term, (counts.get(term) ?? 0) + 1);
    }
    windows.push(counts);
  }
  const first = windows[0];
  const last = windows.at(-1);
  if (first === undefined || last === undefined || windows.length < 2) return null;
  let together = 0;
  for (const [i, window] of windows.slice(1).entries())
    together += cosine(windows[i] as typeof window, window);
  return { step: 1 - together / (windows.length - 1), whole: 1 - cosine(first, last) };
}

function termsOf(words: readonly string[]): string[] {
  const terms: string[] = [];
  let before = '';
  for (const word of words) {
    if (isIdeograph(word)) {
      if (before !== '' && !COMMON_CHARACTERS.has(before) && !COMMON_CHARACTERS.has(word))
        terms.push(before + word);
      before = word;
    } else {
      before = '';
      if (!COMMON.has(word)) terms.push(word);
    }
  }
  return terms;
}

function cosine(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let product = 0;
  for (const [term, count] of a) product += count * (b.get(term) ?? 0);
  return product / Math.sqrt(squares(a) * squares(b));
}

function squares(counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const count of counts.values()) sum += count * count;
  return sum;
}
