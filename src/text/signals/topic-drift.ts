import type { Signal } from '../../core/types.js';
import greedyReplies from '../../replies/probes/greedy-replies.js';
import { topicDrift as driftOf } from '../features/topic-drift.js';
import { unitsOf } from '../features/units.js';
import { scoreReplies } from '../reply-level.js';

/**
 * Claim: none that holds in general. Smaller models are said to lose the thread.
 * Method: 1 − mean cosine between the term frequencies of neighbouring windows of 20 terms (words but the commonest;
 * Chinese: pairs of characters) of each greedy reply, averaged over prompts; compared with the spread between models.
 * Source: after Hearst 1997, "TextTiling" (Computational Linguistics 23:33).
 * Assumptions: replies of some 100 words, which only the deep suite gives.
 * Error rates: DRIFT
 * Evasion: none is needed.
 */
const topicDrift: Signal = {
  id: 'topic-drift',
  title: 'Drift of topic',
  group: 'text',
  spoofing: 'trivial',
  needs: [greedyReplies],
  score: (input) =>
    scoreReplies(
      {
        of: 'greedy-replies',
        unit: '',
        decimals: 2,
        measure: (text) => driftOf(unitsOf(text).words)?.step ?? null,
        between: BETWEEN_MODELS,
        tooShort: 'fewer than three prompts were answered at a length that has two windows of 20 terms',
      },
      input,
    ),
};
export default topicDrift;

/** Independently trained fixture models differ by this much. */
const BETWEEN_MODELS = 0.1;
