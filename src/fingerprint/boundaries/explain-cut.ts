import { type CutCount, logCut, logUncut } from './cut.js';
import { mixDigitsApart } from './digits-apart.js';
import { type Explained, isModelStack, PUBLIC_COUNTERS } from './modes.js';
import type { StackReading } from './read-reply.js';

/** Chance that something else ended a reply, by what the server says did: a gateway may rewrite what it says. */
const STRAY = { length: 0.015, stop: 0.9, unsaid: 0.3 } as const;

/**
 * In plain English Qwen's, Llama's and the public tokenizers differ by less than what is hidden, dropped or not
 * canonical: a session cut by o200k fitted Qwen better by luck once in 9,000. Closer counts than this tell nobody apart.
 */
const NEAR = 3;

/** What is read of a reply that was to end at a cap. */
export interface CappedReply {
  readonly text: string;
  readonly reasoning: string;
  readonly finish: string | null;
  readonly maxTokens: number;
  readonly readings: Readonly<Record<string, StackReading>>;
}

/** How well each tokenizer explains where the replies of a session end. */
export function explainCut(replies: readonly CappedReply[]): Explained {
  const stacks = Object.keys(replies[0]?.readings ?? {});
  const log = (offs: readonly number[]): number =>
    logCut(replies.map((reply, i) => countOf(reply, offs[i] as number)));
  const offs = (stack: string, key: 'tokens' | 'digitsApart' = 'tokens'): number[] =>
    replies.map((reply) => offOf(reply, stack, key));
  const explain = (stack: string): number => {
    if (!PUBLIC_COUNTERS.includes(stack))
      return mixDigitsApart(log(offs(stack)), log(offs(stack, 'digitsApart')));
    const own = offs(stack);
    const near = stacks.filter(isModelStack).map((model) => {
      const theirs = offs(model);
      return log(
        own.map((off, i) => (Math.abs(off - (theirs[i] as number)) <= NEAR ? (theirs[i] as number) : off)),
      );
    });
    return Math.max(log(own), ...near);
  };
  return {
    by: Object.fromEntries(stacks.map((stack) => [stack, explain(stack)])),
    unknown: logUncut(replies.map(({ maxTokens }) => ({ cap: maxTokens }))),
  };
}

/** Tokens of a reply beyond its cap. */
export function offOf(
  { readings, maxTokens }: CappedReply,
  stack: string,
  key: 'tokens' | 'digitsApart' = 'tokens',
): number {
  return (readings[stack]?.[key] ?? 0) - maxTokens;
}

function countOf({ text, reasoning, finish, maxTokens }: CappedReply, off: number): CutCount {
  const stray = finish === 'length' ? STRAY.length : finish === 'stop' ? STRAY.stop : STRAY.unsaid;
  return { shape: `${reasoning !== ''} ${text !== ''}`, off, cap: maxTokens, stray };
}
