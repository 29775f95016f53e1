import { inCommon } from '../../core/in-common.js';
import type { Signal } from '../../core/types.js';
import greedyReplies, { type GreedyReply } from '../../replies/probes/greedy-replies.js';
import { type ClosenessScale, scoreCloseness } from '../../stats/closeness.js';
import { compareCounts, surest } from '../distributions/doubt.js';

/** Fewer prompts than this and a mean says little. */
const MIN_PROMPTS = 4;
/** Chance of another prompt before the same messages, or of a server that samples whatever it is asked: policy. */
const DOUBT = { equal: 0.1, unknown: 0.5, different: 0.9 } as const;

/** UTF-16 units two answers have in common from the start, and how many the shorter has. */
function commonPrefix(a: GreedyReply, b: GreedyReply): { readonly common: number; readonly length: number } {
  const [x, y] = [a.reasoning + a.text, b.reasoning + b.text];
  const length = Math.min(x.length, y.length);
  let common = 0;
  while (common < length && x[common] === y[common]) common++;
  return { common, length };
}

/** Log odds of one more equal character: Laplace's rule, where an answer that ends equal was cut off. */
function agreement(pairs: readonly { readonly common: number; readonly length: number }[]): number {
  const equal = pairs.reduce((sum, { common }) => sum + common, 0);
  const parted = pairs.filter(({ common, length }) => common < length).length;
  return Math.log((equal + 1) / (parted + 1));
}

const scale: ClosenessScale<readonly GreedyReply[]> = {
  unit: 'equal characters per parting',
  display: Math.exp,
  decimals: 0,
  closer: 1,
  read: (data) => (data['greedy-replies'] as readonly GreedyReply[] | undefined) ?? null,
  compare: (a, b) => {
    const theirs = new Map(b.map((reply) => [reply.id, reply]));
    const found = a.flatMap((reply) => {
      const other = theirs.get(reply.id);
      if (!other) return [];
      const pair = commonPrefix(reply, other);
      const counts = compareCounts(reply.usage?.promptTokens ?? null, other.usage?.promptTokens ?? null);
      return pair.length === 0 ? [] : [{ ...pair, counts }];
    });
    const { counts, chosen } = surest(found, MIN_PROMPTS);
    if (chosen.length < MIN_PROMPTS) return null;
    return { value: agreement(chosen), n: chosen.length, doubt: DOUBT[counts] };
  },
  within: inCommon,
  incomparable: 'no reference answered the same prompts',
  sameWeights: { location: Math.log(600), scale: 1 },
  quantized: { location: Math.log(100), scale: 1 },
  distilled: { location: Math.log(8), scale: 1 },
  altered: { location: Math.log(60), scale: 1.5 },
  unrelated: { location: Math.log(5), scale: 1 },
  seedScale: 0.5,
  elsewhere: { location: Math.log(5), scale: 1.5 },
};

/**
 * Claim: at temperature 0 the same weights write the same text for long, a quantized copy parts earlier, and another
 * model at once.
 * Method: characters that answers to the suite's prompts share from the start with a reference's, per answer that
 * parts before its end; on a log axis, Student's t. Saturates where answers are cut off before any parts.
 * Source: greedy prefix agreement, as practitioners report it: about 100 tokens for equal weights on other
 * engines, 20–50 for 4-bit copies, 1–10 for other models.
 * Assumptions: temperature 0 is honoured and the prompt is rendered alike; either failing looks like another model.
 * Error rates: on two fixture families, F16 and other exports of the same weights share 1,000–4,600 characters per
 * parting, BF16 350–1,150, int8 copies 130–500, int4 7–47, students 1–11, independent models 0–5
 * (bench/endpoint/distributions.mjs, standard suite). The group's cap of 2 nats keeps it from accusing alone.
 * Evasion: replay the genuine model's answers to these published prompts.
 */
const greedyAgreement: Signal = {
  id: 'greedy-agreement',
  title: 'Agreement of greedy answers',
  group: 'behaviour',
  spoofing: 'costly',
  needs: [greedyReplies],
  score: (input) => scoreCloseness(scale, input.candidate['greedy-replies'] as readonly GreedyReply[], input),
};
export default greedyAgreement;
