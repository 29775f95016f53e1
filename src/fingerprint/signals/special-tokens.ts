import type { Measured, Signal, Skipped } from '../../core/types.js';
import specialTokensProbe, { type SpecialCount } from '../probes/special-tokens.js';
import { RECOUNTERS } from '../token-counts/recounters.js';

/** Policy: chance that an honest server of a version reads markup so that it counts as another vocabulary would. */
const READ_AS_ANOTHER = 2e-5;
/** Policy: chance that a server of another model counts as the full version would, markup included. */
const IMITATED = 0.2;
/** Policy: servers that neither sanitise nor let a gateway count, which are those that show this at all. */
const RECOGNISED = 0.6;
/** Policy: chance that an unknown model shows just these. */
const UNKNOWN_MODEL = 0.2;

/**
 * Claim: special tokens written into a message are single tokens for the service exactly where the claimed version's
 * vocabulary has them.
 * Method: differences of reported prompt tokens between a base message and messages with special tokens of DeepSeek,
 * Qwen and Llama 3, compared with counts that do and do not recognise them. A service that recognises none has
 * sanitised them, which is right, and says nothing.
 * Source: usage fields; special tokens of the public tokenizer files.
 * Assumptions: the service counts each message with one tokenizer; distilled versions renamed some special tokens,
 * none of those that are sent.
 * Error rates: policy.
 * Evasion: sanitising messages, or counting with the claimed version's tokenizer. A match acquits nobody.
 */
const specialTokens: Signal = {
  id: 'special-tokens',
  title: 'Special tokens in messages',
  group: 'vocabulary',
  spoofing: 'trivial',
  needs: [specialTokensProbe],
  score: ({ candidate, variants }): Measured | Skipped => {
    const seen = candidate['special-tokens'] as readonly SpecialCount[];
    const [base, ...others] = seen;
    if (base?.promptTokens == null || others.some(({ promptTokens }) => promptTokens === null))
      return { status: 'skipped', reason: 'the service did not report prompt tokens for every message' };
    const stacks = Object.keys(base.plain);
    const fitting = (kind: 'plain' | 'special'): string[] =>
      stacks.filter((id) => fits(seen, id, kind) && differs(seen, id));
    const recognised = fitting('special').filter((id) => !RECOUNTERS.includes(id));
    if (fitting('plain').length > 0)
      return {
        status: 'skipped',
        reason: 'the service counts special tokens as plain text: they are sanitised',
      };
    const [stack] = recognised;
    if (stack === undefined || recognised.length > 1)
      return { status: 'skipped', reason: 'no known vocabulary, or more than one, explains the counts' };
    const full = variants.filter(({ kind }) => kind === 'full').map(({ tokenStack }) => tokenStack);
    const chanceOf = (own: string | undefined): number => {
      if (own === undefined) return UNKNOWN_MODEL;
      if (own === stack) return RECOGNISED;
      return full.includes(stack) && !full.includes(own) ? IMITATED * RECOGNISED : READ_AS_ANOTHER;
    };
    return {
      status: 'scored',
      observed: `special tokens of ${stack} are single tokens, those of others are not`,
      expected: Object.fromEntries(
        variants.flatMap(({ id, tokenStack: own }) => (own === undefined ? [] : [[id, `those of ${own}`]])),
      ),
      logLikelihood: {
        ...Object.fromEntries(variants.map(({ id, tokenStack: own }) => [id, Math.log(chanceOf(own))])),
        other: Math.log(UNKNOWN_MODEL),
      },
      n: others.length,
      details: [],
    };
  },
};
export default specialTokens;

/** All messages have one overhead under this tokenizer, read this way. */
function fits(seen: readonly SpecialCount[], stack: string, kind: 'plain' | 'special'): boolean {
  const overheads = seen.map((count) => (count.promptTokens ?? 0) - (count[kind][stack] ?? 0));
  return overheads.every((overhead) => overhead === overheads[0]);
}

function differs(seen: readonly SpecialCount[], stack: string): boolean {
  return seen.some(({ plain, special }) => plain[stack] !== special[stack]) || RECOUNTERS.includes(stack);
}
