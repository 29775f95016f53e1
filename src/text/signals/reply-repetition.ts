import type { Signal } from '../../core/types.js';
import greedyReplies from '../../replies/probes/greedy-replies.js';
import { ngramDiversity } from '../../stats/ngram-diversity.js';
import { unitsOf } from '../features/units.js';
import { scoreReplies } from '../reply-level.js';

/** Largest gaps between a fixture student and its teacher, and between two fixture teachers, are about this. */
const BETWEEN_MODELS = 0.12;

/**
 * Claim: none that holds in general. Guides say distilled models repeat more.
 * Method: seq-rep-4 over words (Chinese: characters) of each greedy reply, averaged over the prompts that candidate and
 * references answered, every text cut to the words of the shortest; compared with the spread between models.
 * Source: Welleck et al. 2020 (arXiv 1908.04319).
 * Assumptions: greedy decoding to one budget of tokens.
 * Error rates: cannot name a version. Of five fixture students one repeats more than its teacher (0.56 and 0.46), four as
 * much or less (0.10 … 0.45 against 0.25 … 0.45). Copies lie nearer to full-1 than independent models do in 0.88 and 1.00
 * of pairs, students in 0.38 and 0.50: no better than a coin (scripts/feature-power.mjs, 24 prompts of 96 tokens).
 * Evasion: a repetition penalty in the server.
 */
const replyRepetition: Signal = {
  id: 'reply-repetition',
  title: 'Repetition in replies',
  group: 'text',
  spoofing: 'trivial',
  needs: [greedyReplies],
  score: (input) =>
    scoreReplies(
      {
        of: 'greedy-replies',
        unit: '',
        decimals: 3,
        measure: (text) => {
          const distinct = ngramDiversity(unitsOf(text).ids, 4);
          return distinct === null ? null : 1 - distinct;
        },
        between: BETWEEN_MODELS,
        tooShort: 'fewer than three prompts were answered in four words or more by all',
      },
      input,
    ),
};
export default replyRepetition;
