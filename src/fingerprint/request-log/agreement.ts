import type { RequestLogEvidence } from '../probes/request-log.js';

/** Requests that a tokenizer explains: those whose overhead is the commonest of their form. */
export interface Agreement {
  readonly stack: string;
  readonly requests: number;
  readonly answers: number;
}

/** Requests that could disagree: all but one of each form, which only shows the overhead; and all answers but one. */
export function comparedIn({ prompts, answers }: RequestLogEvidence): number {
  const forms = new Set(prompts.map(({ form }) => form));
  return prompts.length - forms.size + Math.max(0, answers.length - 1);
}

export function agreements({ stacks, prompts, answers }: RequestLogEvidence): Agreement[] {
  return stacks.map((stack, at) => ({
    stack,
    requests: Math.max(
      ...(['plain', 'trimmed', 'special'] as const).map((reading) =>
        commonest(prompts, (prompt) => [
          prompt.form,
          prompt.reported - ((prompt[reading] ?? prompt.plain)[at] ?? 0),
        ]),
      ),
    ),
    answers: Math.max(
      commonest(answers, ({ reported, text }) => ['', reported - (text[at] ?? 0)]),
      commonest(answers, ({ reported, text, reasoning }) => [
        '',
        reported - (text[at] ?? 0) - (reasoning?.[at] ?? 0),
      ]),
    ),
  }));
}

function commonest<T>(
  items: readonly T[],
  overheadOf: (item: T) => readonly [form: string, overhead: number],
): number {
  const forms = new Map<string, Map<number, number>>();
  for (const item of items) {
    const [form, overhead] = overheadOf(item);
    const seen = forms.get(form) ?? new Map<number, number>();
    forms.set(form, seen.set(overhead, (seen.get(overhead) ?? 0) + 1));
  }
  return [...forms.values()].reduce((sum, seen) => sum + Math.max(...seen.values()), 0);
}
