import { seededRng } from '../core/rng.js';
import type { SampledPrompt } from '../replies/probes/sampled-replies.js';
import { mmdTest, type TextSamples } from '../stats/mmd.js';
import { type PairingOptions, pairSamples } from './paired-samples.js';

/** Outcome of Model Equality Testing on two collections of sampled replies. */
export type SampleComparison =
  | {
      readonly status: 'tested';
      readonly p: number;
      readonly statistic: number;
      readonly prompts: number;
      readonly replies: SideCounts;
      /** p of the texts as received, where it falls on the other side of 1 %. */
      readonly untrimmedP: number | null;
    }
  | { readonly status: 'untestable'; readonly reason: string };

interface SideCounts {
  readonly candidate: number;
  readonly reference: number;
  /** Different replies of the candidate, summed over prompts. */
  readonly distinct: number;
}

/** The smallest p is 2e-4: more would not move a likelihood that is bounded. */
const PERMUTATIONS = 4_999;
/** Evidence gives one report on every machine, so the permutations are always the same. */
const SEED = 1;
/** Where a p-value of the texts as received is worth showing: the usual level of such tests. */
const LEVEL = 0.01;

/**
 * Compare two models by the replies they sampled. Repeated replies may be chance, a cache or an ignored temperature: where
 * there are some, p is the larger of that of all replies and that of the distinct ones, so that a replay is no evidence.
 */
export function compareSamples(
  candidate: readonly SampledPrompt[],
  reference: readonly SampledPrompt[],
): SampleComparison {
  const paired = pairSamples(candidate, reference);
  if (paired.status === 'incomparable') return { status: 'untestable', reason: paired.reason };
  const run = (options: PairingOptions) => {
    const again = pairSamples(candidate, reference, options);
    return again.status === 'paired' ? tested(again.prompts) : null;
  };
  const counts = countsOf(paired.prompts, candidate, reference);
  const all = tested(paired.prompts);
  if (all === null) {
    return { status: 'untestable', reason: 'no prompt has two replies of one side and any of the other' };
  }
  const distinct = counts.repeats ? run({ distinct: true }) : all;
  if (distinct === null) {
    const asked = `${counts.replies.distinct} distinct replies to ${counts.replies.candidate} requests`;
    return {
      status: 'untestable',
      reason: `the candidate gave ${asked}, or the reference as few: no sample`,
    };
  }
  const raw = run({ raw: true });
  const p = Math.max(all.p, distinct.p);
  return {
    status: 'tested',
    p,
    statistic: all.statistic,
    prompts: paired.prompts.length,
    replies: counts.replies,
    untrimmedP: raw !== null && raw.p < LEVEL !== p < LEVEL ? raw.p : null,
  };
}

function tested(prompts: readonly TextSamples[]): { readonly p: number; readonly statistic: number } | null {
  return mmdTest(prompts, { rng: seededRng(SEED), permutations: PERMUTATIONS });
}

function countsOf(
  prompts: readonly TextSamples[],
  candidate: readonly SampledPrompt[],
  reference: readonly SampledPrompt[],
): { readonly replies: SideCounts; readonly repeats: boolean } {
  const unique = pairSamples(candidate, reference, { distinct: true });
  const total = (rows: readonly TextSamples[], side: keyof TextSamples): number =>
    rows.reduce((sum, row) => sum + row[side].length, 0);
  const rows = unique.status === 'paired' ? unique.prompts : prompts;
  const replies = {
    candidate: total(prompts, 'first'),
    reference: total(prompts, 'second'),
    distinct: total(rows, 'first'),
  };
  const repeats = replies.distinct < replies.candidate || total(rows, 'second') < replies.reference;
  return { replies, repeats };
}
