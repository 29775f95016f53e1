import type { Signal } from '../../core/types.js';
import { spokenBy } from '../boundaries/bias-words.js';
import { overModes } from '../boundaries/modes.js';
import biasedTokens, { type BiasedAnswer } from '../probes/biased-tokens.js';

/** A bias that is obeyed gives its word, but for a template that forces another token first. */
const OBEYED = 0.97;
/** Chance that an answer begins with one of a few random words by itself: policy, far above their frequency. */
const BY_CHANCE = 1e-3;

/**
 * Claim: token ids mean to the candidate what they mean in the claimed version's vocabulary.
 * Method: logit_bias of 100 on ids from 1,000 to 31,999 that are a different word in every vocabulary; the answer is
 * the word of whoever obeyed.
 * Source: of 3,236 ids sampled none is the same text in DeepSeek's vocabulary as in Qwen's or Llama's.
 * Assumptions: an answer that is none of the words was not biased, and says nothing.
 * Error rates: 100 % of 1,212 Qwen and Llama sessions whose server obeys the field were refuted, 0 of 9,015 honest ones
 * (bench/endpoint/boundaries.mjs, seeds 21 and 22); how many servers obey it is unknown.
 * Evasion: translate ids through the claimed vocabulary, or ignore the field.
 */
const biasedTokensSignal: Signal = {
  id: 'biased-tokens',
  title: 'Words of token ids',
  group: 'vocabulary',
  spoofing: 'costly',
  needs: [biasedTokens],
  score: ({ candidate, variants }) => {
    const answers = candidate['biased-tokens'] as readonly BiasedAnswer[];
    const spoken = answers.map((answer) => spokenBy(answer.answer, answer));
    if (spoken.every((stack) => stack === null))
      return {
        status: 'skipped',
        reason: 'the server does not obey logit_bias: no answer was a biased word',
      };
    const stacks = Object.keys(answers[0]?.words ?? {});
    const log = (share: (heard: string | null) => number): number =>
      spoken.reduce((sum, heard) => sum + Math.log(share(heard)), 0);
    return {
      status: 'scored',
      observed: `words of ${[...new Set(spoken.map((stack) => stack ?? 'no vocabulary'))].join(', ')}`,
      expected: Object.fromEntries(
        variants.flatMap(({ id, tokenStack }) => (tokenStack ? [[id, `words of ${tokenStack}`]] : [])),
      ),
      logLikelihood: overModes(variants, {
        by: Object.fromEntries(
          stacks.map((stack) => [
            stack,
            log((heard) => (heard === stack ? OBEYED : heard === null ? 1 - OBEYED : BY_CHANCE)),
          ]),
        ),
        unknown: log((heard) => (heard === null ? 1 : BY_CHANCE)),
      }),
      n: answers.length,
      details: answers.map(({ id }, i) => ({
        type: 'text',
        label: `id ${id}`,
        value: spoken[i] ?? 'none of its words',
      })),
    };
  },
};
export default biasedTokensSignal;
