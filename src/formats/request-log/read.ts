import type { LoggedRequest } from '../../core/types.js';
import { field, isUnusable, list, readJson, text } from './json.js';
import { MAX_CHARACTERS, MAX_REQUESTS, MAX_UNPAIRED } from './limits.js';
import { messagesOf } from './messages.js';
import { type LoggedRecord, recordOf, requestIn, responseIn } from './record.js';

export interface RequestLog {
  readonly requests: readonly LoggedRequest[];
  readonly skipped: Readonly<Record<string, number>>;
}

/** Takes a log line by line, so that a log of any size needs the memory of what is kept. */
export interface RequestLogReader {
  /** `number` is the line's, from 1. Returns false when the line is not JSON. */
  line(text: string, number: number): boolean;
  /** A record that is already parsed. */
  record(value: unknown, number: number): void;
  skip(reason: string, times?: number): void;
  finish(): RequestLog;
}

interface State {
  readonly requests: LoggedRequest[];
  readonly skipped: Map<string, number>;
  /** Halves of batch entries by `custom_id`. */
  readonly waiting: Map<string, { readonly value: unknown; readonly line: number; readonly half: Half }>;
  characters: number;
}
type Half = 'request' | 'response';

/** A reader of request logs; `model` keeps only requests to, or answers of, that model. */
export function requestLogReader(model?: string): RequestLogReader {
  const state: State = { requests: [], skipped: new Map(), waiting: new Map(), characters: 0 };
  const skip = (reason: string, times = 1): void => {
    state.skipped.set(reason, (state.skipped.get(reason) ?? 0) + times);
  };
  const record = (value: unknown, number: number): void => {
    const whole = paired(state, value, number, skip);
    if (whole !== undefined) keep(state, whole.value, whole.line, model, skip);
  };
  return {
    record,
    skip,
    line: (line, number) => {
      const read = readJson(line);
      if ('value' in read) record(read.value, number);
      else skip(read.unusable);
      return 'value' in read;
    },
    finish: () => {
      for (const { half } of state.waiting.values())
        skip(half === 'request' ? 'request without its answer' : 'answer without its request');
      return { requests: state.requests, skipped: Object.fromEntries([...state.skipped].sort()) };
    },
  };
}

function keep(
  state: State,
  value: unknown,
  line: number,
  model: string | undefined,
  skip: (reason: string) => void,
): void {
  const read = recordOf(value);
  const reason = isUnusable(read) ? read.unusable : whyLeftOut(state, read, model);
  if (reason !== undefined || isUnusable(read)) {
    skip(reason ?? 'unusable');
    return;
  }
  state.characters += charactersOf(read);
  state.requests.push({ line, ...read.request });
}

function whyLeftOut(state: State, read: LoggedRecord, model: string | undefined): string | undefined {
  if (model !== undefined && !read.models.some((name) => isCalled(name, model))) return 'another model';
  const full =
    state.requests.length >= MAX_REQUESTS || state.characters + charactersOf(read) > MAX_CHARACTERS;
  return full ? 'beyond what one audit reads' : undefined;
}

function charactersOf({ request: { messages, text: answer, reasoning } }: LoggedRecord): number {
  return messages.reduce((sum, { content }) => sum + content.length, answer.length + reasoning.length);
}

/** Providers put their own name before the model's. */
function isCalled(name: string, wanted: string): boolean {
  const last = (full: string): string | undefined => full.toLowerCase().split('/').at(-1);
  return name === wanted || last(name) === last(wanted);
}

/** Batch files keep requests and answers apart, under one `custom_id`; both may be in one log, in any order. */
function paired(
  state: State,
  value: unknown,
  line: number,
  skip: (reason: string) => void,
): { readonly value: unknown; readonly line: number } | undefined {
  const id = text(field(value, 'custom_id'));
  if (id === undefined) return { value, line };
  const asks = !isUnusable(messagesOf(requestIn(value)));
  const answers = responseIn(value) !== undefined;
  if (asks === answers) return { value, line };
  const half: Half = asks ? 'request' : 'response';
  const other = state.waiting.get(id);
  if (other !== undefined && other.half !== half) {
    state.waiting.delete(id);
    const [request, response] = asks ? [value, other.value] : [other.value, value];
    return {
      value: { request: requestIn(request), response: field(response, 'response') },
      line: asks ? line : other.line,
    };
  }
  if (other !== undefined) skip('a second entry with one custom_id');
  else if (state.waiting.size >= MAX_UNPAIRED) skip('beyond what one audit reads');
  else state.waiting.set(id, { value, line, half });
  return undefined;
}

/** Records of a log that is one JSON document: a HAR file, or a list. Undefined for any other document. */
export function recordsOf(document: unknown): readonly unknown[] | undefined {
  return (
    list(document) ??
    list(field(document, 'log', 'entries')) ??
    list(field(document, 'data')) ??
    list(field(document, 'runs'))
  );
}
