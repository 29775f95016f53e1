import { seededRng } from '../core/rng.js';
import { jensenShannon } from '../stats/jensen-shannon.js';
import { stratifiedPermutation } from '../stats/stratified-permutation.js';
import type { WordAnswers } from './probes/word-answers.js';

export type WordComparison =
  | {
      readonly status: 'tested';
      readonly p: number;
      /** Mean Jensen–Shannon divergence over questions, bits. */
      readonly divergence: number;
      readonly questions: number;
      readonly answers: number;
      /** Questions left out because the candidate always gave one answer, as a cache does. */
      readonly constant: number;
    }
  | { readonly status: 'untestable'; readonly reason: string };

/** Answers of both sides to one question, as numbers of words; the candidate's come first. */
interface Cell {
  readonly words: readonly number[];
  readonly first: number;
  /** Room for counts of both sides, written anew for each permutation. */
  readonly counts: readonly [Uint32Array, Uint32Array];
}

const PERMUTATIONS = 4_999;
const SEED = 1;
/** Fewer answers of a side make no distribution. */
const FEWEST = 4;

/**
 * Compare how two models answer questions that any word answers: mean divergence, permuted within questions. A question to
 * which the candidate always says the same, and the reference does not, is left out: a cache looks like that.
 */
export function compareWords(
  candidate: readonly WordAnswers[],
  reference: readonly WordAnswers[],
): WordComparison {
  const theirs = new Map(reference.map((row) => [keyOf(row), row.answers]));
  const cells = candidate.flatMap((row) => {
    const ours = row.answers.filter((word) => word !== null);
    const known = (theirs.get(keyOf(row)) ?? []).filter((word) => word !== null);
    return ours.length < FEWEST || known.length < FEWEST ? [] : [{ ours, known }];
  });
  if (cells.length === 0)
    return { status: 'untestable', reason: 'no question has answers of candidate and reference' };
  const varied = cells.filter(({ ours, known }) => new Set(ours).size > 1 || new Set(known).size === 1);
  const constant = cells.length - varied.length;
  if (varied.length === 0) {
    const reason = 'the candidate repeats one answer to every question: a cache or temperature 0, no sample';
    return { status: 'untestable', reason };
  }
  const numbered = varied.map(({ ours, known }) => numberWords(ours, known));
  const { statistic, p } = stratifiedPermutation(
    numbered.map(({ words, first }) => ({ total: words.length, first })),
    (orders) => meanDivergence(numbered, orders),
    { rng: seededRng(SEED), permutations: PERMUTATIONS },
  );
  const answers = numbered.reduce((sum, { first }) => sum + first, 0);
  return { status: 'tested', p, divergence: statistic, questions: varied.length, answers, constant };
}

function keyOf({ language, task }: WordAnswers): string {
  return `${language} ${task}`;
}

function numberWords(ours: readonly string[], known: readonly string[]): Cell {
  const numbers = new Map<string, number>();
  const words = [...ours, ...known].map((word) => {
    const number = numbers.get(word) ?? numbers.size;
    numbers.set(word, number);
    return number;
  });
  return {
    words,
    first: ours.length,
    counts: [new Uint32Array(numbers.size), new Uint32Array(numbers.size)],
  };
}

function meanDivergence(cells: readonly Cell[], orders: readonly Uint32Array[]): number {
  let sum = 0;
  for (let c = 0; c < cells.length; c++) {
    const { words, first, counts } = cells[c] as Cell;
    const order = orders[c] as Uint32Array;
    counts[0].fill(0);
    counts[1].fill(0);
    for (let i = 0; i < order.length; i++) {
      const word = words[order[i] as number] as number;
      const side = counts[i < first ? 0 : 1];
      side[word] = (side[word] as number) + 1;
    }
    sum += jensenShannon(counts[0], counts[1]) ?? 0;
  }
  return sum / cells.length;
}
