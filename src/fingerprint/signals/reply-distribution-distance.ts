import { inCommon } from '../../core/in-common.js';
import type { Signal } from '../../core/types.js';
import greedyReplies, { type GreedyReply } from '../../replies/probes/greedy-replies.js';
import { type ClosenessScale, scoreCloseness } from '../../stats/closeness.js';
import { DISTRIBUTION_LEVELS, distributionCloseness } from '../distributions/closeness.js';
import { MIN_CONTEXTS } from '../distributions/compare.js';
import { type Counts, surest } from '../distributions/doubt.js';
import { pairReplies } from '../distributions/reply-contexts.js';

/**
 * Chance that the server read another prompt than the reference, all policy: hidden system prompts and revised
 * templates are ordinary. With equal counts a gateway would have to count what its customer sent, with the right
 * tokenizer and the right template, and send more.
 */
const DOUBT: Readonly<Record<Counts, number>> = { equal: 5e-3, unknown: 0.5, different: 0.9 };

const scale: ClosenessScale<readonly GreedyReply[]> = {
  ...DISTRIBUTION_LEVELS,
  // Contexts are few and chosen by the answers, so they vary more: students 0.31 … 0.89, independent models 0.32 … 2.2.
  distilled: { location: Math.log(0.5), scale: 0.5 },
  unrelated: { location: Math.log(0.8), scale: 0.8 },
  seedScale: 0.5,
  read: (data) => (data['greedy-replies'] as readonly GreedyReply[] | undefined) ?? null,
  compare: (a, b) => {
    const { counts, chosen } = surest(pairReplies(a, b), MIN_CONTEXTS);
    return distributionCloseness(chosen, DOUBT[counts]);
  },
  within: inCommon,
  incomparable:
    'the server or every reference gives no log-probabilities with its answers, or they begin with different tokens',
};

/**
 * Claim: the model behind a chat endpoint gives the tokens of its answers the probabilities that the claimed weights
 * give them.
 * Method: as the token distribution distance, over the tokens of greedy answers to the suite's prompts, up to and with
 * the first place where the two answers part. The chance that a hidden system prompt or another template stands
 * before the prompt is mixed in, by whether both count as many prompt tokens: so a distance alone refutes nobody, and
 * a coincidence identifies.
 * Source: as the token distribution distance.
 * Assumptions: temperature 0 is honoured, and probabilities are stated before it is applied.
 * Error rates: on two fixture families, F16 and other exports of the same weights 0.0003–0.0006 nats, BF16
 * 0.0025–0.0047, int8 copies 0.0041–0.021, int4 0.080–0.22, students 0.31–0.89 (bench/endpoint/distributions.mjs). Doubt is policy (5e-3, 0.5 and 0.9 for equal, absent and different counts).
 * Evasion: a hidden system prompt, which makes this silent.
 */
const replyDistributionDistance: Signal = {
  id: 'reply-distribution-distance',
  title: 'Token distribution distance of answers',
  group: 'log-probabilities',
  spoofing: 'costly',
  needs: [greedyReplies],
  score: (input) => scoreCloseness(scale, input.candidate['greedy-replies'] as readonly GreedyReply[], input),
};
export default replyDistributionDistance;
