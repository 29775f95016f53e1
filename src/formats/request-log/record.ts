import type { LoggedRequest } from '../../core/types.js';
import { answerOf, type LoggedAnswer } from './answer.js';
import {
  count,
  field,
  fields,
  first,
  isUnusable,
  list,
  text,
  type Unusable,
  unusable,
  unwrapped,
} from './json.js';
import { isThere, messagesOf } from './messages.js';
import { type LoggedUsage, usageOf } from './usage.js';

export interface LoggedRecord {
  readonly request: Omit<LoggedRequest, 'line'>;
  /** Model names asked for and answered. */
  readonly models: readonly string[];
}

/** Parameters whose content, or a text made from it, servers put before the messages. */
const ADDING = [
  'tools',
  'functions',
  'documents',
  'images',
  'response_format',
  'guided_json',
  'attachments',
  'plugins',
];

/** One record of a log: a request with what is known of its answer. Never throws. */
export function recordOf(value: unknown): LoggedRecord | Unusable {
  if (fields(value) === undefined) return unusable('not an object');
  const request = requestIn(value);
  const conversation = messagesOf(request);
  if (isUnusable(conversation)) return conversation;
  const response = responseIn(value);
  if (isFailure(value, response)) return unusable('request failed');
  const answer = answerOf(response);
  const usage = usageIn(value, answer);
  const models = modelsOf(value, request, answer);
  return {
    models,
    request: {
      messages: conversation.messages,
      extras:
        conversation.extras ||
        ADDING.some((name) => isThere(field(request, name)) && !isPlain(request, name)),
      model: models[0] ?? null,
      promptTokens: usage?.prompt ?? null,
      completionTokens: answer.whole ? (usage?.completion ?? null) : null,
      text: answer.text,
      reasoning: answer.reasoning,
      finish: answer.finish,
      maxTokens:
        first(count(field(request, 'max_tokens')), count(field(request, 'max_completion_tokens'))) ?? null,
    },
  };
}

/** `response_format: { type: "text" }` is the default, spelled out. */
function isPlain(request: unknown, name: string): boolean {
  return name === 'response_format' && field(request, name, 'type') === 'text';
}

/** Where the request of a record is: a HAR entry, a proxy's record, a batch line, a trace, or the record itself. */
export function requestIn(value: unknown): unknown {
  const posted = field(value, 'request', 'postData', 'text');
  if (posted !== undefined) return unwrapped(posted);
  const nested = [
    field(value, 'request', 'body'),
    field(value, 'request'),
    field(value, 'request_body'),
    field(value, 'body'),
    field(value, 'proxy_server_request', 'body'),
    field(value, 'inputs'),
    field(value, 'input'),
    value,
  ];
  const found = nested.map(unwrapped).find((one) => {
    if (typeof one === 'string' || Array.isArray(one)) return true;
    return ['messages', 'prompt', 'input', 'question'].some((name) => isThere(field(one, name)));
  });
  return found ?? value;
}

export function responseIn(value: unknown): unknown {
  const har = field(value, 'response', 'content', 'text');
  if (typeof har === 'string') {
    const encoded = field(value, 'response', 'content', 'encoding') === 'base64';
    return encoded ? Buffer.from(har, 'base64').toString('utf8') : har;
  }
  const names = ['response_body', 'outputs', 'output', 'completion', 'chunks', 'answer'];
  const found = [
    field(value, 'response', 'body'),
    field(value, 'response'),
    ...names.map((name) => field(value, name)),
  ];
  const nested = first(...found.map((one) => (one === null ? undefined : one)));
  // A record that is itself an answer with its request beside, or has a bare usage.
  return nested ?? (list(field(value, 'choices')) ? value : undefined);
}

function isFailure(value: unknown, response: unknown): boolean {
  const status = [
    field(value, 'response', 'status_code'),
    field(value, 'response', 'status'),
    field(value, 'status_code'),
  ].find((one) => typeof one === 'number');
  if (typeof status === 'number' && (status < 200 || status > 299)) return true;
  return isThere(field(response, 'error')) && !isThere(field(response, 'choices'));
}

function usageIn(value: unknown, answer: LoggedAnswer): LoggedUsage | null {
  if (answer.usage !== null) return answer.usage;
  const message = field(list(list(field(value, 'outputs', 'generations'))?.[0])?.[0], 'message');
  return usageOf(field(value, 'outputs')) ?? usageOf(message) ?? usageOf(withoutTexts(value));
}

/** `input` and `output` name texts in a record and counts in a usage. */
function withoutTexts(value: unknown): unknown {
  const { input: _input, output: _output, ...rest } = Object(value) as Record<string, unknown>;
  return rest;
}

function modelsOf(value: unknown, request: unknown, { model }: LoggedAnswer): string[] {
  const asked = [
    field(request, 'model'),
    field(value, 'model'),
    field(value, 'extra', 'invocation_params', 'model'),
    model,
  ];
  return [...new Set(asked.map(text).filter((name) => name !== undefined && name !== ''))] as string[];
}
