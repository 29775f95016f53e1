import { type Fields, field, fields, first, list, text, unwrapped } from './json.js';
import { isThere } from './messages.js';
import { type LoggedUsage, usageOf } from './usage.js';

export interface LoggedAnswer {
  readonly text: string;
  readonly reasoning: string;
  readonly finish: string | null;
  readonly model: string | null;
  readonly usage: LoggedUsage | null;
  /** The texts are all that was generated: one choice, no tool calls. */
  readonly whole: boolean;
}

const EMPTY: LoggedAnswer = { text: '', reasoning: '', finish: null, model: null, usage: null, whole: false };
const REASONING = ['reasoning_content', 'reasoning', 'thinking'];

/** Answer in any known shape: a body, a bare message or text, chunks of a stream, or recorded server-sent events. */
export function answerOf(response: unknown): LoggedAnswer {
  const value = typeof response === 'string' ? (eventsOf(response) ?? unwrapped(response)) : response;
  if (typeof value === 'string') return { ...EMPTY, text: value, whole: true };
  const chunks = list(value) ?? list(field(value, 'chunks')) ?? list(field(value, 'stream'));
  if (chunks !== undefined) return joined(chunks.map(unwrapped));
  if (fields(value) === undefined) return EMPTY;
  return { ...generated(value as Fields), model: text(field(value, 'model')) ?? null, usage: usageOf(value) };
}

type Generated = Pick<LoggedAnswer, 'text' | 'reasoning' | 'finish' | 'whole'>;

function generated(body: Fields): Generated {
  const choices = list(field(body, 'choices'));
  if (choices !== undefined) return chosen(choices);
  const generations = list(field(body, 'generations'));
  if (generations !== undefined) {
    const one = generations.length === 1 ? list(generations[0]) : undefined;
    return one?.length === 1 ? messageIn(field(one[0], 'message', 'kwargs') ?? one[0]) : EMPTY;
  }
  const output = list(field(body, 'output'));
  if (output !== undefined) return outputItems(output);
  const message = first(fields(field(body, 'message')), fields(field(body, 'output')), body);
  return { ...messageIn(message), finish: finishOf(body) };
}

function chosen(choices: readonly unknown[]): Generated {
  const [choice] = choices;
  const read = messageIn(field(choice, 'message') ?? field(choice, 'delta') ?? choice);
  return { ...read, finish: finishOf(choice), whole: read.whole && choices.length === 1 };
}

function messageIn(message: unknown): Generated {
  const content = field(message, 'content') ?? field(message, 'text');
  const parts = list(content) ?? [];
  const part = (kind: string): string =>
    parts
      .filter((one) => field(one, 'type') === kind)
      .map((one) => text(field(one, kind)) ?? parts.map((inner) => text(field(inner, 'text')) ?? '').join(''))
      .join('');
  const reasoning = first(...REASONING.map((name) => text(field(message, name)) || undefined));
  const called = ['tool_calls', 'function_call', 'refusal', 'audio'].some((name) =>
    isThere(field(message, name)),
  );
  const known = parts.every((one) => field(one, 'type') === 'text' && text(field(one, 'text')) !== undefined);
  return {
    text: text(content) ?? part('text'),
    reasoning: reasoning ?? '',
    finish: null,
    whole: !called && known && (typeof content === 'string' || parts.length > 0),
  };
}

/** Items of a Responses API answer. */
function outputItems(items: readonly unknown[]): Generated {
  const texts = items.flatMap((item) => list(field(item, 'content')) ?? []);
  return {
    text: texts.map((part) => text(field(part, 'text')) ?? '').join(''),
    reasoning: '',
    finish: null,
    // Reasoning items hold a summary, not what was generated.
    whole: items.length === 1 && field(items[0], 'type') === 'message',
  };
}

function finishOf(holder: unknown): string | null {
  return text(field(holder, 'finish_reason')) ?? text(field(holder, 'stop_reason')) ?? null;
}

/** A stream put together; its last usage counts, since some servers state a running one. */
function joined(chunks: readonly unknown[]): LoggedAnswer {
  const pieces = chunks.map((chunk) => {
    const choices = list(field(chunk, 'choices')) ?? [];
    const delta =
      field(choices[0], 'delta') ?? field(choices[0], 'message') ?? choices[0] ?? field(chunk, 'message');
    return {
      chunk,
      choice: choices[0],
      delta,
      others: choices.length > 1 || Number(field(choices[0], 'index') ?? 0) > 0,
    };
  });
  const texts = (names: readonly string[]): string =>
    pieces
      .map(({ delta }) => first(...names.map((name) => text(field(delta, name)) || undefined)) ?? '')
      .join('');
  const called = pieces.some(
    ({ delta }) => isThere(field(delta, 'tool_calls')) || Array.isArray(field(delta, 'content')),
  );
  const usages = chunks.map(usageOf).filter((usage) => usage !== null);
  return {
    text: texts(['content', 'text']),
    reasoning: texts(REASONING),
    finish: pieces.map(({ choice }) => finishOf(choice)).findLast((finish) => finish !== null) ?? null,
    model: pieces.map(({ chunk }) => text(field(chunk, 'model'))).find(Boolean) ?? null,
    usage: usages.at(-1) ?? null,
    whole: chunks.length > 0 && !called && !pieces.some(({ others }) => others),
  };
}

/** Data lines of recorded server-sent events; undefined for any other text. */
function eventsOf(body: string): readonly unknown[] | undefined {
  if (!/^\s*(data|event|id|retry)?:/.test(body)) return undefined;
  const data = body.split(/\r\n|\r|\n/).filter((line) => line.startsWith('data:'));
  const chunks = data
    .map((line) => unwrapped(line.slice(5).trim()))
    .filter((chunk) => fields(chunk) !== undefined);
  return chunks.length > 0 ? chunks : undefined;
}
