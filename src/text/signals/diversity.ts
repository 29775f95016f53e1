import type { Signal } from '../../core/types.js';
import sampledReplies from '../../replies/probes/sampled-replies.js';
import { hdd } from '../features/lexical-diversity.js';
import { unitsOf } from '../features/units.js';
import { scoreReplies } from '../reply-level.js';

/** Spread of independently trained fixture models (scripts/feature-power.mjs). */
const BETWEEN_MODELS = 0.012;

/**
 * Claim: none that holds in general. Distilled models are said to use fewer words.
 * Method: HD-D, the expected type–token ratio of 42 words (Chinese: characters), of all samples of a prompt, averaged
 * over prompts, every text cut to the words of the shortest; compared with the spread between models.
 * Source: McCarthy and Jarvis 2010, "MTLD, vocd-D, and HD-D" (Behavior Research Methods 42:381).
 * Assumptions: sampling at temperature 1 with nothing cut off: a server that keeps a top-p of its own lowers it.
 * Error rates: cannot name a version. Fixture models lie within 0.864 … 0.901, most students within 0.01 of their teacher
 * and so do most independent models: students are nearer in 0.79 and 0.50 of pairs, copies in 0.81 and 0.63
 * (scripts/feature-power.mjs, ten samples of ten prompts, 50 tokens each). MTLD of the same texts scatters by a tenth.
 * Evasion: any temperature but the one asked for.
 */
const diversity: Signal = {
  id: 'diversity',
  title: 'Lexical diversity of replies',
  group: 'text',
  spoofing: 'trivial',
  needs: [sampledReplies],
  score: (input) =>
    scoreReplies(
      {
        of: 'sampled-replies',
        unit: '',
        decimals: 3,
        measure: (text) => hdd(unitsOf(text).ids),
        between: BETWEEN_MODELS,
        tooShort: 'fewer than three prompts have samples of 42 words together from all',
      },
      input,
    ),
};
export default diversity;
