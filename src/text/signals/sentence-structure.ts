import type { Signal } from '../../core/types.js';
import sampledReplies from '../../replies/probes/sampled-replies.js';
import { sentenceLengths } from '../features/sentences.js';
import { scoreReplies } from '../reply-level.js';

/** Spread of independently trained fixture models (scripts/feature-power.mjs). */
const BETWEEN_MODELS = 0.12;

/**
 * Claim: none that holds in general. Distilled models are said to write shorter sentences.
 * Method: natural logarithm of the mean words (Chinese: characters) of a clause over all samples of a prompt, averaged
 * over prompts, every text cut to the words of the shortest; compared with the spread between models. Clauses, because
 * 50 tokens hold few whole sentences.
 * Source: punctuation rules of our own, the same on every machine; Intl.Segmenter's change with the release of Node.
 * Assumptions: sampling at temperature 1.
 * Error rates: cannot name a version. An export of the same weights differs from full-1 by up to 0.05, independent models
 * by 0.00 … 0.07; a model of another author by 0.16 in one fixture family and 0.04 in the other. Copies are nearer than
 * independent models in 0.44 and 0.63 of pairs, students in 0.46 and 0.75 (scripts/feature-power.mjs).
 * Evasion: a system prompt that asks for another style.
 */
const sentenceStructure: Signal = {
  id: 'sentence-structure',
  title: 'Length of clauses',
  group: 'text',
  spoofing: 'trivial',
  needs: [sampledReplies],
  score: (input) =>
    scoreReplies(
      {
        of: 'sampled-replies',
        unit: 'ln words',
        decimals: 2,
        measure: (text) => {
          const { clauses } = sentenceLengths(text);
          const words = clauses.reduce((sum, length) => sum + length, 0);
          return clauses.length === 0 ? null : Math.log(words / clauses.length);
        },
        between: BETWEEN_MODELS,
        tooShort: 'fewer than three prompts were answered in words by all',
      },
      input,
    ),
};
export default sentenceStructure;
