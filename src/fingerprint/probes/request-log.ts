import type { LoggedRequest, Probe, TokenStack } from '../../core/types.js';
import { type AnswerCounts, answerCounts, type PromptCounts, promptCounts } from '../request-log/counts.js';
import { formOf, whyNoPrompt } from '../request-log/usable.js';

/** A request by lengths and counts; its texts stay with their owner. */
export interface CountedPrompt extends PromptCounts {
  readonly line: number;
  /** Letters of the roles in order: s, u, a, or p for a raw prompt. */
  readonly form: string;
  readonly characters: number;
  readonly reported: number;
}

export interface CountedAnswer extends AnswerCounts {
  readonly line: number;
  readonly characters: number;
  readonly reported: number;
}

export interface RequestLogEvidence {
  /** Requests that were read, and lines that were not, by reason. */
  readonly requests: number;
  readonly skipped: Readonly<Record<string, number>>;
  /** Requests whose prompt tokens cannot be compared with their texts, by reason. */
  readonly excluded: Readonly<Record<string, number>>;
  /** Tokenizers under which everything was counted. */
  readonly stacks: readonly string[];
  readonly prompts: readonly CountedPrompt[];
  readonly answers: readonly CountedAnswer[];
}

/** Characters counted under every tokenizer: 12 ordinary messages decide, and a million characters take seconds. */
const MAX_CHARACTERS = 2 ** 20;
/** Requests of which prompts, and of which answers, are counted. */
const MAX_COUNTED = 400;
/** Longer texts add nothing but time. */
const MAX_TEXT = 2 ** 17;

/** Tokens that a service reported for requests of the buyer's own log, beside counts of their texts. Nothing is sent. */
const requestLog: Probe<RequestLogEvidence> = {
  id: 'request-log',
  version: 1,
  requires: ['log', 'stacks'],
  cost: () => ({ requests: 0, tokens: 0 }),
  collect: async ({ log, stacks: available }, { signal, progress }) => {
    const { requests, skipped } = await log.read();
    const stacks: TokenStack[] = [];
    for (const id of available.ids) stacks.push(await available.load(id));
    const excluded = new Map<string, number>();
    const prompts: CountedPrompt[] = [];
    const answers: CountedAnswer[] = [];
    const met = { prompts: new Set<string>(), answers: new Set<string>() };
    let characters = 0;
    for (const [index, request] of requests.entries()) {
      signal?.throwIfAborted();
      const prompted = characterCount(request.messages.map(({ content }) => content));
      const reason =
        whyNoPrompt(request) ??
        whyRepeated(met.prompts, request.messages) ??
        whyTooMuch(prompted, characters, prompts.length);
      if (reason === undefined) {
        characters += prompted;
        prompts.push(countedPrompt(request, prompted, stacks));
      } else excluded.set(reason, (excluded.get(reason) ?? 0) + 1);
      const answered = characterCount([request.text, request.reasoning]);
      const answer = [request.text, request.reasoning];
      if (
        isAnswered(request) &&
        (whyRepeated(met.answers, answer) ?? whyTooMuch(answered, characters, answers.length)) === undefined
      ) {
        characters += answered;
        answers.push(countedAnswer(request, answered, stacks));
      }
      progress(index + 1, requests.length);
    }
    return {
      requests: requests.length,
      skipped,
      excluded: Object.fromEntries([...excluded].sort()),
      stacks: stacks.map(({ id }) => id),
      prompts,
      answers,
    };
  },
};
export default requestLog;

/** The same text again shows the same difference under every tokenizer: it would count as agreement, and is none. */
function whyRepeated(met: Set<string>, texts: unknown): string | undefined {
  const key = JSON.stringify(texts);
  if (met.has(key)) return 'the same texts again';
  met.add(key);
  return undefined;
}

function whyTooMuch(characters: number, sofar: number, counted: number): string | undefined {
  if (characters > MAX_TEXT) return 'texts too long to be worth counting';
  return counted >= MAX_COUNTED || sofar + characters > MAX_CHARACTERS
    ? 'more than one audit counts'
    : undefined;
}

function isAnswered({ completionTokens, text, reasoning }: LoggedRequest): boolean {
  return completionTokens !== null && completionTokens > 0 && text.length + reasoning.length > 0;
}

function countedPrompt(
  request: LoggedRequest,
  characters: number,
  stacks: readonly TokenStack[],
): CountedPrompt {
  const { line, promptTokens } = request;
  return {
    line,
    form: formOf(request),
    characters,
    reported: promptTokens ?? 0,
    ...promptCounts(request, stacks),
  };
}

function countedAnswer(
  request: LoggedRequest,
  characters: number,
  stacks: readonly TokenStack[],
): CountedAnswer {
  const { line, completionTokens } = request;
  return { line, characters, reported: completionTokens ?? 0, ...answerCounts(request, stacks) };
}

function characterCount(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length, 0);
}
