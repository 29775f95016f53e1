import { ngramDiversities } from './ngram-diversity.js';

/** Repetition of one continuation; each value is a fraction in [0, 1], or null when it has no such n-gram. */
export interface Repetition {
  readonly 'rep-1': number | null;
  readonly 'rep-2': number | null;
  readonly 'rep-3': number | null;
  readonly 'rep-4': number | null;
  readonly 'seq-rep-4': number | null;
  readonly 'distinct-1': number | null;
  readonly 'distinct-2': number | null;
  readonly 'distinct-3': number | null;
  readonly 'distinct-4': number | null;
}

/**
 * N-gram repetition of a continuation, over token ids of the generated part alone.
 *
 * - `rep-n` = 1 − |unique n-grams| / |n-grams|: the sequence-level portion of duplicate n-grams, seq-rep-n,
 *   of Welleck et al. 2020, "Neural Text Generation with Unlikelihood Training", §6.1, as a fraction. SimCTG
 *   (Su et al. 2022) prints the same quantity in per cent under the name rep-n. It is not Welleck's `rep/l`,
 *   which needs the model's next-token predictions on human text.
 * - `seq-rep-4` is Welleck's headline metric. By the line above it always equals `rep-4`; it is listed under
 *   both names so that readers of either literature find it.
 * - `distinct-n` = |unique n-grams| / |n-grams| = 1 − `rep-n` (Li et al. 2016, "A Diversity-Promoting
 *   Objective Function for Neural Conversation Models", §5).
 *
 * Every value depends on the length of the continuation: compare only continuations of one length. A
 * continuation shorter than n has no n-gram and yields null, because 0 would read as "no repetition seen".
 *
 * @example
 * repetition([5, 6, 5, 6, 5]); // 'rep-1': 0.6, 'rep-2': 0.5, 'distinct-2': 0.5, 'rep-4': 0
 * repetition([5, 6]); // 'rep-1': 0, 'rep-2': 0, 'rep-3': null, 'seq-rep-4': null
 */
export function repetition(ids: readonly number[]): Repetition {
  const [one = null, two = null, three = null, four = null] = ngramDiversities(ids, 4);
  return {
    'rep-1': complement(one),
    'rep-2': complement(two),
    'rep-3': complement(three),
    'rep-4': complement(four),
    'seq-rep-4': complement(four),
    'distinct-1': one,
    'distinct-2': two,
    'distinct-3': three,
    'distinct-4': four,
  };
}

function complement(fraction: number | null): number | null {
  return fraction === null ? null : 1 - fraction;
}
