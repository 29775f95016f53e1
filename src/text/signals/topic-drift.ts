import type { Signal } from '../../core/types.js';
import sampledReplies from '../../replies/probes/sampled-replies.js';
import { topicDrift as driftOf } from '../features/topic-drift.js';
import { unitsOf } from '../features/units.js';
import { scoreReplies } from '../reply-level.js';

/** Spread of independently trained fixture models (scripts/feature-power.mjs). */
const BETWEEN_MODELS = 0.03;

/**
 * Claim: none that holds in general. Smaller models are said to lose the thread.
 * Method: 1 − mean cosine between the term frequencies of neighbouring windows of 20 terms (words but the commonest;
 * Chinese: pairs of characters), the samples of a prompt read one after another, averaged over prompts; compared with
 * the spread between models.
 * Source: after Hearst 1997, "TextTiling" (Computational Linguistics 23:33).
 * Assumptions: two windows need some 100 words: single replies of a suite are shorter, all samples of a prompt are not.
 * Error rates: cannot name a version. Students of the first fixture family drift more than their teacher (0.98 and 0.92),
 * but another export of it differs by 0.03 and independent models by 0.01 … 0.05; in the second family all lie within
 * 0.96 … 0.99. Students are nearer than independent models in 0.13 and 0.50 of pairs (scripts/feature-power.mjs).
 * Evasion: none is needed.
 */
const topicDrift: Signal = {
  id: 'topic-drift',
  title: 'Drift of topic',
  group: 'text',
  spoofing: 'trivial',
  needs: [sampledReplies],
  score: (input) =>
    scoreReplies(
      {
        of: 'sampled-replies',
        unit: '',
        decimals: 3,
        measure: (text) => driftOf(unitsOf(text).words)?.step ?? null,
        between: BETWEEN_MODELS,
        tooShort: 'fewer than three prompts have samples with two windows of 20 terms from all',
      },
      input,
    ),
};
export default topicDrift;
