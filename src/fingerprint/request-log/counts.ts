import type { LoggedRequest, TokenStack } from '../../core/types.js';

/** Tokens per stack, in the order of the stacks. */
export type Counts = readonly number[];

/** Token counts of a request's messages, under every way in which servers are known to read them. */
export interface PromptCounts {
  readonly plain: Counts;
  /** With white space at the edges of messages removed, as Llama's template does; absent where there is none. */
  readonly trimmed?: Counts;
  /** With markup of special tokens read as such; absent where it makes no difference. */
  readonly special?: Counts;
}

export function promptCounts({ messages }: LoggedRequest, stacks: readonly TokenStack[]): PromptCounts {
  const texts = messages.map(({ content }) => content);
  const total = (one: (text: string) => number, from: readonly string[]): number =>
    from.reduce((sum, text) => sum + one(text), 0);
  const each = (from: readonly string[]): Counts =>
    stacks.map((stack) => total((text) => stack.count(text), from));
  const plain = each(texts);
  const trimmed = texts.map((text) => text.trim());
  const special = stacks.map((stack) => total((text) => stack.countSpecial(text), texts));
  return {
    plain,
    ...(trimmed.some((text, at) => text !== texts[at]) ? { trimmed: each(trimmed) } : {}),
    ...(special.some((tokens, at) => tokens !== plain[at]) ? { special } : {}),
  };
}

export interface AnswerCounts {
  readonly text: Counts;
  /** Absent where the log holds no reasoning apart from the text. */
  readonly reasoning?: Counts;
}

export function answerCounts(
  { text, reasoning }: LoggedRequest,
  stacks: readonly TokenStack[],
): AnswerCounts {
  const each = (from: string): Counts => stacks.map((stack) => stack.count(from));
  return { text: each(text), ...(reasoning === '' ? {} : { reasoning: each(reasoning) }) };
}
