import { count, type Fields, field, fields, first, list } from './json.js';

export interface LoggedUsage {
  readonly prompt: number | null;
  readonly completion: number | null;
}

const PROMPT = ['prompt_tokens', 'input_tokens', 'promptTokens', 'inputTokens', 'input', 'prompt_eval_count'];
const COMPLETION = [
  'completion_tokens',
  'output_tokens',
  'completionTokens',
  'outputTokens',
  'output',
  'eval_count',
];
/** Anthropic's dialect leaves cached tokens out of `input_tokens` and states them beside it. */
const BESIDE_INPUT = ['cache_read_input_tokens', 'cache_creation_input_tokens'];

/** Places of a usage object in answers, records of tracing tools and last chunks of streams; the record itself last. */
const PLACES: readonly (readonly string[])[] = [
  ['usage'],
  ['x_groq', 'usage'],
  ['usage_metadata'],
  ['kwargs', 'usage_metadata'],
  ['response_metadata', 'token_usage'],
  ['llm_output', 'token_usage'],
  ['token_usage'],
  ['usageDetails'],
  ['usage_details'],
  ['message', 'usage'],
  ['response', 'usage'],
  [],
];

/** Token counts that an object states, in any known place and spelling; null where it states none. */
export function usageOf(holder: unknown): LoggedUsage | null {
  for (const place of PLACES) {
    const found = counts(fields(field(holder, ...place)));
    if (found !== null) return found;
  }
  for (const choice of list(field(holder, 'choices')) ?? []) {
    const found = counts(fields(field(choice, 'usage')));
    if (found !== null) return found;
  }
  return null;
}

function counts(usage: Fields | undefined): LoggedUsage | null {
  if (usage === undefined) return null;
  const read = (names: readonly string[]): number | undefined =>
    first(...names.map((name) => count(field(usage, name))));
  const prompt = read(PROMPT);
  const completion = read(COMPLETION);
  if (prompt === undefined && completion === undefined) return null;
  const beside = field(usage, 'input_tokens') === undefined ? [] : BESIDE_INPUT;
  const cached = beside.reduce((sum, name) => sum + (count(field(usage, name)) ?? 0), 0);
  return { prompt: prompt === undefined ? null : prompt + cached, completion: completion ?? null };
}
