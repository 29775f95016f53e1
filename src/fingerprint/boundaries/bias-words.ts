import { type Rng, shuffled } from '../../core/rng.js';
import type { TokenStack } from '../../core/types.js';

/**
 * Ids a probe may bias. From 32,000 on some backend has no such token: servers have died of one (vLLM issue 6866,
 * SGLang issue 7670). Below 1,000 are bytes and fragments.
 */
export const LEAST_ID = 1_000;
export const ID_LIMIT = 32_000;

/** Shorter words are fragments that begin longer ones. */
const LEAST_LETTERS = 4;
/** Words that a reply may well begin with by itself. */
const OPENERS =
  /^(okay|hello|sure|hmm+|well|alright|here|there|this|that|today|weather|what|thanks?|yes|good|with)/i;

/** An id, and the word it is in each vocabulary. */
export interface BiasWord {
  readonly id: number;
  readonly words: Readonly<Record<string, string>>;
}

const decoder = new TextDecoder();

/** Ids that are a different plain word in every vocabulary, drawn from the seed; none begins with another. */
export function biasWords(loaded: readonly TokenStack[], count: number, rng: Rng): BiasWord[] {
  const stacks = loaded.filter(
    (stack, i) => !loaded.slice(0, i).some((earlier) => sharesWords(stack, earlier)),
  );
  const [first, ...rest] = stacks.map((stack) => new Set(stack.words(LEAST_ID, ID_LIMIT)));
  if (first === undefined) return [];
  const common = [...first].filter((id) => isSafe(id) && rest.every((ids) => ids.has(id)));
  const chosen: BiasWord[] = [];
  for (const id of shuffled(common, rng)) {
    if (chosen.length === count) break;
    const words = Object.fromEntries(stacks.map((stack) => [stack.id, wordOf(stack, id)]));
    if (isTelling(Object.values(words))) chosen.push({ id, words });
  }
  return chosen;
}

/** Enough to tell vocabularies apart: unrelated ones share none of a thousand. */
const COMPARED = 200;

/** An auditor's own copy of a public tokenizer would leave no word that tells them apart. */
function sharesWords(a: TokenStack, b: TokenStack): boolean {
  const ids = Array.from({ length: COMPARED }, (_, i) => LEAST_ID + i);
  const same = ids.filter((id) => `${a.bytes(id)}` === `${b.bytes(id)}`).length;
  return same > COMPARED / 2;
}

/** Whatever a tokenizer of the auditor's own lists as words, nothing outside of the range is ever sent. */
function isSafe(id: number): boolean {
  return Number.isSafeInteger(id) && id >= LEAST_ID && id < ID_LIMIT;
}

function wordOf(stack: TokenStack, id: number): string {
  return decoder.decode(stack.bytes(id)).trim().toLowerCase();
}

function isTelling(words: readonly string[]): boolean {
  return words.every(
    (word, i) =>
      word.length >= LEAST_LETTERS &&
      !OPENERS.test(word) &&
      words.every((other, j) => i === j || !other.startsWith(word)),
  );
}

/** The vocabulary whose word an answer begins with; null when none. */
export function spokenBy(answer: string, { words }: BiasWord): string | null {
  const start = answer.trim().toLowerCase();
  return Object.entries(words).find(([, word]) => start.startsWith(word))?.[0] ?? null;
}
