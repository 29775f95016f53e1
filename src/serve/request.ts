import type { ChatMessage } from '../core/types.js';
import type { ServedRequest } from './exchange.js';
import { asObject, type Json } from './json.js';
import { invalid } from './refusal.js';

/** OpenAI's limits; nothing real needs more. */
const MAX_TOP = 20;
const MAX_STOPS = 16;
const MAX_BIAS = 1024;
const ROLES: Readonly<Record<string, ChatMessage['role']>> = {
  system: 'system',
  developer: 'system',
  user: 'user',
  assistant: 'assistant',
};

/** Read a request body. Throws a Refusal that names the field. */
export function parseRequest(body: Json, kind: ServedRequest['kind']): ServedRequest {
  if ((number(body, 'n') ?? 1) !== 1) throw invalid('Only n = 1 is served.', 'n');
  return {
    kind,
    model: typeof body.model === 'string' ? body.model : null,
    prompt: kind === 'chat' ? { kind: 'chat', messages: messages(body) } : textPrompt(body),
    maxTokens: maxTokens(body, kind),
    temperature: within(body, 'temperature', 0, 2) ?? 1,
    topP: within(body, 'top_p', 0, 1) ?? 1,
    seed: number(body, 'seed') ?? null,
    topLogProbs: kind === 'chat' ? chatLogProbs(body) : within(body, 'logprobs', 0, MAX_TOP),
    logitBias: logitBias(body),
    stop: stops(body),
    stream: body.stream === true,
    includeUsage: asObject(body.stream_options)?.include_usage === true,
    sent: new Set(Object.keys(body).filter((key) => body[key] !== null && body[key] !== undefined)),
  };
}

function messages(body: Json): ChatMessage[] {
  const list = body.messages;
  if (!Array.isArray(list) || list.length === 0)
    throw invalid("'messages' must be a non-empty array.", 'messages');
  return list.map((entry, at) => {
    const role = ROLES[String(asObject(entry)?.role)];
    if (role === undefined) throw invalid(`Unknown role in message ${at}.`, `messages.[${at}].role`);
    return { role, content: content(asObject(entry)?.content, at) };
  });
}

function content(value: unknown, at: number): string {
  if (typeof value === 'string') return value;
  const parts = Array.isArray(value) ? value.map(asObject) : [];
  if (parts.length > 0 && parts.every((part) => part?.type === 'text' && typeof part.text === 'string'))
    return parts.map((part) => part?.text as string).join('');
  throw invalid(`The content of message ${at} is no text.`, `messages.[${at}].content`);
}

function textPrompt(body: Json): ServedRequest['prompt'] {
  const prompt = Array.isArray(body.prompt) && body.prompt.length === 1 ? body.prompt[0] : body.prompt;
  if (typeof prompt !== 'string') throw invalid("'prompt' must be one text.", 'prompt');
  return { kind: 'text', text: prompt, echo: body.echo === true };
}

function maxTokens(body: Json, kind: ServedRequest['kind']): number | null {
  const [least, field] = [
    kind === 'chat' ? 1 : 0,
    'max_completion_tokens' in body ? 'max_completion_tokens' : 'max_tokens',
  ];
  const wanted = number(body, field);
  if (wanted === undefined) return null;
  if (Number.isSafeInteger(wanted) && wanted >= least) return wanted;
  throw invalid(`'${field}' must be a whole number of at least ${least}.`, field, 'integer_below_min_value');
}

function chatLogProbs(body: Json): number | undefined {
  const top = within(body, 'top_logprobs', 0, MAX_TOP);
  if (body.logprobs !== true) {
    if (top) throw invalid("'top_logprobs' needs 'logprobs': true.", 'top_logprobs');
    return undefined;
  }
  return top ?? 0;
}

function logitBias(body: Json): Record<number, number> | undefined {
  if (body.logit_bias === undefined || body.logit_bias === null) return undefined;
  const entries = Object.entries(asObject(body.logit_bias) ?? {});
  if (!asObject(body.logit_bias) || entries.length > MAX_BIAS)
    throw invalid(`'logit_bias' must map at most ${MAX_BIAS} token ids to numbers.`, 'logit_bias');
  for (const [id, added] of entries)
    if (!/^\d{1,9}$/.test(id) || typeof added !== 'number' || !(Math.abs(added) <= 100))
      throw invalid("'logit_bias' maps token ids to numbers from -100 to 100.", 'logit_bias');
  return Object.fromEntries(entries) as Record<number, number>;
}

function stops(body: Json): string[] {
  const value = body.stop ?? [];
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > MAX_STOPS || !list.every((stop) => typeof stop === 'string' && stop !== ''))
    throw invalid(`'stop' must be at most ${MAX_STOPS} texts.`, 'stop');
  return list as string[];
}

function within(body: Json, field: string, least: number, most: number): number | undefined {
  const value = number(body, field);
  if (value === undefined || (value >= least && value <= most)) return value;
  throw invalid(`'${field}' must be from ${least} to ${most}.`, field);
}

function number(body: Json, field: string): number | undefined {
  const value = body[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw invalid(`'${field}' must be a number.`, field);
}
