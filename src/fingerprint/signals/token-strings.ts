import type { Signal } from '../../core/types.js';
import { overModes } from '../boundaries/modes.js';
import { explainPieces, REPORTED } from '../boundaries/pieces.js';
import type { SpellingReading } from '../boundaries/spelling.js';
import spelledTokens, { type SpelledReply } from '../probes/spelled-tokens.js';

/** Fewer places do not tell tokenizers apart in plain English. */
const ENOUGH = 40;

/**
 * Claim: the tokens that the candidate reports with its log-probabilities are those of the claimed version's tokenizer.
 * Method: ends of reported tokens against those of each public tokenizer on the same text; where ids are given, the
 * text of each id instead.
 * Source: a hosted DeepSeek-R1 whose 951 recorded token ids equal 949 of DeepSeek's and none of Qwen's or Llama's.
 * Assumptions: tokens are reported as decoded; a server that does not report any says nothing.
 * Error rates: policy; test/fingerprint/token-strings.test.ts shows it on three scripts, not on a population.
 * Evasion: drop log-probabilities, which is never guilt, or make them up for tokens of the claimed version.
 */
const tokenStrings: Signal = {
  id: 'token-strings',
  title: 'Reported tokens',
  group: 'vocabulary',
  spoofing: 'costly',
  needs: [spelledTokens],
  score: ({ candidate, variants }) => {
    const replies = candidate['spelled-tokens'] as readonly SpelledReply[];
    const stacks = Object.keys(replies[0]?.readings ?? {});
    const totals = stacks.map((stack) => [stack, total(replies, stack)] as const);
    const ends = Math.max(0, ...totals.map(([, reading]) => reading.ends));
    const ids = totals[0]?.[1].ids ?? 0;
    if (ends < ENOUGH)
      return { status: 'skipped', reason: `the server reports ${ends} tokens; ${ENOUGH} are needed` };
    const byId = ids >= ENOUGH;
    const readings = Object.fromEntries(
      totals.map(([stack, reading]) => [
        stack,
        byId
          ? { judged: reading.ids, deviating: reading.otherText }
          : { judged: reading.ends, deviating: reading.differing },
      ]),
    );
    return {
      status: 'scored',
      observed: byId ? `${ids} tokens with ids` : `${ends} ends of tokens`,
      expected: Object.fromEntries(
        variants.flatMap(({ id, tokenStack }) => (tokenStack ? [[id, `tokens of ${tokenStack}`]] : [])),
      ),
      logLikelihood: overModes(variants, explainPieces(readings, REPORTED)),
      n: byId ? ids : ends,
      details: stacks.map((stack) => ({
        type: 'number',
        label: `${byId ? 'ids that are other text' : 'ends that differ'} in ${stack}`,
        value: (100 * (readings[stack]?.deviating ?? 0)) / Math.max(1, readings[stack]?.judged ?? 0),
        unit: '%',
      })),
    };
  },
};
export default tokenStrings;

function total(replies: readonly SpelledReply[], stack: string): SpellingReading {
  const add = (key: keyof SpellingReading): number =>
    replies.reduce((sum, { readings }) => sum + (readings[stack]?.[key] ?? 0), 0);
  return { ends: add('ends'), differing: add('differing'), ids: add('ids'), otherText: add('otherText') };
}
