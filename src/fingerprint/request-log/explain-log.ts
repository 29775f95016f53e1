import { logMixture } from '../../stats/log-mixture.js';
import { logPolyaUrn } from '../../stats/polya-urn.js';
import type { CountedAnswer, CountedPrompt, RequestLogEvidence } from '../probes/request-log.js';
import { oneOf, perhapsUnexplained, together } from '../token-counts/combine.js';
import { type Explanations, explain, type Reported } from '../token-counts/explain.js';
import { logOverhead } from '../token-counts/overheads.js';
import { RECOUNTERS } from '../token-counts/recounters.js';
import { onlyClean } from './clean.js';

/** Policy: how servers read texts, where it makes a difference. */
const READINGS = { plain: 0.7, trimmed: 0.15, special: 0.15 } as const;
type Reading = keyof typeof READINGS;
/** Policy: a service adds texts that differ from request to request, so that no tokenizer explains its prompt counts. */
const PROMPTS_UNEXPLAINED = 0.05;
/** Policy: an answer's count includes reasoning that the log does not hold, or leaves out what it holds. */
const ANSWERS_UNEXPLAINED = 0.3;

/** How well each way of counting explains what the service reported for all requests and answers of a log. */
export function explainLog({ stacks, prompts, answers }: RequestLogEvidence): Explanations {
  return together([
    perhapsUnexplained(PROMPTS_UNEXPLAINED, explainPrompts(stacks, prompts)),
    ...(answers.length === 0
      ? []
      : [perhapsUnexplained(ANSWERS_UNEXPLAINED, explainAnswers(stacks, answers))]),
  ]);
}

function explainPrompts(stacks: readonly string[], prompts: readonly CountedPrompt[]): Explanations {
  const readings = (Object.keys(READINGS) as Reading[]).filter(
    (reading) => reading === 'plain' || prompts.some((prompt) => prompt[reading] !== undefined),
  );
  const whole = readings.reduce((sum, reading) => sum + READINGS[reading], 0);
  return oneOf(
    readings.map((reading) => [
      READINGS[reading] / whole,
      byForm(
        stacks,
        prompts,
        ({ form }) => form,
        (prompt) => prompt[reading] ?? prompt.plain,
      ),
    ]),
  );
}

/** Answers with and without reasoning have different markers around them, and counts may leave reasoning out. */
function explainAnswers(stacks: readonly string[], answers: readonly CountedAnswer[]): Explanations {
  const form = ({ reasoning }: CountedAnswer): string => (reasoning === undefined ? 'text' : 'reasoned');
  const alone = byForm(stacks, answers, form, ({ text }) => text);
  if (answers.every(({ reasoning }) => reasoning === undefined)) return alone;
  const whole = byForm(stacks, answers, form, ({ text, reasoning = [] }) =>
    text.map((tokens, at) => tokens + (reasoning[at] ?? 0)),
  );
  return oneOf([
    [0.5, alone],
    [0.5, whole],
  ]);
}

/** Each form has overheads of its own. */
function byForm<T extends { readonly reported: number }>(
  stacks: readonly string[],
  items: readonly T[],
  formOf: (item: T) => string,
  countsOf: (item: T) => readonly number[],
): Explanations {
  const forms = [...new Set(items.map(formOf))].map((form) => items.filter((item) => formOf(item) === form));
  const groups = (forms.length === 0 ? [[]] : forms).map((group): Reported => {
    const counts = group.map(countsOf);
    return {
      counts: Object.fromEntries(stacks.map((id, at) => [id, counts.map((all) => all[at] ?? 0)])),
      tokens: group.map(({ reported }) => reported),
    };
  });
  return onlyClean(together(groups.map(explainOrdinary)), groups);
}

/** Expected number of different overheads of a counter that resembles a tokenizer, per e-fold of requests. */
const SOME = 8;
/** Signs are no evidence where texts are trimmed and cached tokens left out: both sides of 0 have the same chance. */
const logEitherSign = (tokens: number): number => logOverhead(Math.abs(tokens)) - Math.LN2;

/**
 * Ordinary messages do not single out a tokenizer as probes do, and a log's gateways are not known. So what nothing
 * known counted is taken more widely: two recounting tokenizers, one of them with odd requests, and resemblances of
 * any closeness. And a model's tokenizer is not taken to share a log with another: two of them fit almost any counts.
 */
function explainOrdinary(reported: Reported): Explanations {
  const found = explain(reported);
  const { stacks, pure, partly, divided, unknown } = found;
  const recounters = RECOUNTERS.filter((id) => stacks.includes(id));
  const resembling = stacks.map((id) => {
    const overheads = reported.tokens.map((all, at) => all - (reported.counts[id]?.[at] ?? 0));
    return logPolyaUrn(overheads, SOME, logEitherSign);
  });
  const mixed = recounters.flatMap((first) => [
    partly[first] ?? 0,
    ...recounters.filter((id) => id !== first).map((second) => divided(first, second).logLikelihood),
  ]);
  return {
    ...found,
    unknown: logMixture([
      [0.4, unknown],
      ...resembling.map((log): [number, number] => [0.3 / resembling.length, log]),
      ...mixed.map((log): [number, number] => [0.3 / mixed.length, log]),
    ]),
    divided: (first) => ({ logLikelihood: pure[first] ?? 0, second: [] }),
  };
}
