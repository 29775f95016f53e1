import { logMixture } from '../../stats/log-mixture.js';
import type { CountedAnswer, CountedPrompt, RequestLogEvidence } from '../probes/request-log.js';
import type { CounterFit } from '../token-counts/counters.js';
import { logAnyCount, logCounted, logResembling } from '../token-counts/residuals.js';

/** Policy: how servers read texts, where it makes a difference. */
const READINGS = { plain: 0.7, trimmed: 0.15, special: 0.15 } as const;
/** Policy: a service adds texts that differ from request to request, so that no tokenizer explains its prompt counts. */
const PROMPTS_UNEXPLAINED = 0.05;
/** Policy: an answer's count includes reasoning that the log does not hold, or leaves out what it holds. */
const ANSWERS_UNEXPLAINED = 0.3;
/** Unknown counters: half resemble a known tokenizer, half do not. */
const RESEMBLING = 0.5;

/** How well each known tokenizer, and none of them, explains what the service reported. */
export function fitOf({ stacks, prompts, answers }: RequestLogEvidence): CounterFit {
  const unknownPrompts = logUnexplained(
    stacks,
    prompts,
    (at) => promptGroups(prompts, at, 'plain'),
    ({ plain }) => plain,
  );
  const unknownAnswers = logUnexplained(
    stacks,
    answers,
    (at) => answerGroups(answers, at, true),
    ({ text, reasoning }) => text.map((tokens, at) => tokens + (reasoning?.[at] ?? 0)),
  );
  const known = stacks.map((id, at): [string, number] => {
    const prompted = logMixture([
      [1 - PROMPTS_UNEXPLAINED, logPrompts(prompts, at)],
      [PROMPTS_UNEXPLAINED, unknownPrompts],
    ]);
    const answered = logMixture([
      [1 - ANSWERS_UNEXPLAINED, logAnswers(answers, at)],
      [ANSWERS_UNEXPLAINED, unknownAnswers],
    ]);
    return [id, prompted + answered];
  });
  return { known: Object.fromEntries(known), unknown: unknownPrompts + unknownAnswers };
}

type Reading = keyof typeof READINGS;

function logPrompts(prompts: readonly CountedPrompt[], stack: number): number {
  const differing = (Object.keys(READINGS) as Reading[]).filter(
    (reading) => reading === 'plain' || prompts.some((prompt) => prompt[reading] !== undefined),
  );
  const whole = differing.reduce((sum, reading) => sum + READINGS[reading], 0);
  return logMixture(
    differing.map((reading) => [
      READINGS[reading] / whole,
      logCounted(promptGroups(prompts, stack, reading)),
    ]),
  );
}

/** Reported tokens less those of the texts, by form of request. */
function promptGroups(prompts: readonly CountedPrompt[], stack: number, reading: Reading): number[][] {
  const groups = new Map<string, number[]>();
  for (const prompt of prompts) {
    const group = groups.get(prompt.form) ?? [];
    groups.set(prompt.form, group);
    group.push(prompt.reported - ((prompt[reading] ?? prompt.plain)[stack] ?? 0));
  }
  return [...groups.values()];
}

function logAnswers(answers: readonly CountedAnswer[], stack: number): number {
  const alone = logCounted(answerGroups(answers, stack, false));
  if (answers.every(({ reasoning }) => reasoning === undefined)) return alone;
  return logMixture([
    [0.5, alone],
    [0.5, logCounted(answerGroups(answers, stack, true))],
  ]);
}

/** Answers with and without reasoning have different markers around them. */
function answerGroups(answers: readonly CountedAnswer[], stack: number, reasoned: boolean): number[][] {
  const difference = ({ reported, text, reasoning }: CountedAnswer): number =>
    reported - (text[stack] ?? 0) - (reasoned ? (reasoning?.[stack] ?? 0) : 0);
  const [without, beside] = [false, true].map((has) =>
    answers.filter(({ reasoning }) => (reasoning !== undefined) === has).map(difference),
  );
  return [without ?? [], beside ?? []];
}

function logUnexplained<T extends { readonly reported: number }>(
  stacks: readonly string[],
  items: readonly T[],
  groups: (stack: number) => number[][],
  countsOf: (item: T) => readonly number[],
): number {
  const anyhow = items.reduce((sum, item) => sum + logAnyCount(item.reported, middle(countsOf(item))), 0);
  const near = stacks.map((_, at): readonly [number, number] => [
    RESEMBLING / stacks.length,
    logResembling(groups(at)),
  ]);
  return logMixture([[1 - RESEMBLING, anyhow], ...near]);
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
