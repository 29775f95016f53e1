import type { Signal, VariantView } from '../../core/types.js';
import { explainCut, offOf } from '../boundaries/explain-cut.js';
import { isModelStack, overModes } from '../boundaries/modes.js';
import cutReplies, { type CutReply } from '../probes/cut-replies.js';

/** Fewer replies could agree with a cap by luck. */
const ENOUGH = 3;

/**
 * Claim: the candidate's cap on new tokens counts tokens of the claimed version's tokenizer.
 * Method: replies cut at N tokens are counted anew under each public tokenizer; the right one gives N again, less what
 * a server hides. Mixture over what cut the session: the model's own tokens, a public or another model's tokenizer,
 * characters, imitation of the full version, or something unknown.
 * Source: vLLM, llama.cpp and DeepSeek document max_tokens as tokens the model generates.
 * Assumptions: reasoning is shown where it is counted; else nothing fits and the signal says nothing.
 * Error rates: bench/endpoint/boundaries.mjs, seeds 21 and 22, seven replies: alone it refutes 99.1 % of 1,798 sessions
 * cut by Qwen's tokens and 99.0 % of 1,788 by Llama's; of a model that writes only English or only sums, under 1 %. Of
 * 9,015 honest sessions in eight ways of cutting one was refuted, cut by o200k; counts that near now accuse nobody, which
 * has not been measured anew at that size.
 * Evasion: generate more, count with the claimed tokenizer and cut again; or hide the reasoning.
 */
const cutTokens: Signal = {
  id: 'cut-tokens',
  title: 'Tokens of cut replies',
  group: 'token-boundaries',
  spoofing: 'costly',
  needs: [cutReplies],
  score: ({ candidate, variants }) => {
    const replies = (candidate['cut-replies'] as readonly CutReply[]).filter(isShown);
    if (replies.length < ENOUGH)
      return {
        status: 'skipped',
        reason: `${replies.length} of the replies show all that was counted; ${ENOUGH} are needed`,
      };
    const explained = explainCut(replies);
    const stacks = Object.keys(explained.by);
    // A public tokenizer that is near a model's always fits as well.
    const agreement = (stack: string): number => (explained.by[stack] ?? 0) + (isModelStack(stack) ? 1 : 0);
    const [best] = [...stacks].sort((a, b) => agreement(b) - agreement(a));
    const fits = best !== undefined && (explained.by[best] ?? 0) > explained.unknown;
    return {
      status: 'scored',
      observed: fits ? `cut by tokens of ${best}` : 'cut by no known tokenizer',
      expected: expected(variants),
      logLikelihood: overModes(variants, explained),
      n: replies.length,
      details: stacks.map((stack) => ({
        type: 'text',
        label: `tokens beyond the cap, counted by ${stack}`,
        value: replies.map((reply) => offOf(reply, stack)).join(', '),
      })),
    };
  },
};
export default cutTokens;

/** Reasoning that is counted and not shown makes every count too small. */
function isShown({ text, reasoning, usage }: CutReply): boolean {
  return text + reasoning !== '' && (reasoning !== '' || !((usage?.reasoningTokens ?? 0) > 0));
}

function expected(variants: readonly VariantView[]): Record<string, string> {
  return Object.fromEntries(
    variants.flatMap(({ id, tokenStack }) => (tokenStack ? [[id, `cut by tokens of ${tokenStack}`]] : [])),
  );
}
