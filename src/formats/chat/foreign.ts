import type { Usage } from '../../core/types.js';
import { type Added, partsOf } from './content.js';
import type { ChatQuirk } from './quirks.js';
import { readUsage } from './usage.js';
import { count, type JsonObject, list, object, text } from './values.js';

/** What an event of another API says, in the terms of a chat reply. */
export interface ForeignEvent extends Partial<Added> {
  readonly quirk: ChatQuirk;
  readonly usage?: Usage | undefined;
  readonly finish?: string | undefined;
  readonly model?: string | undefined;
  readonly logProbs?: JsonObject | undefined;
  readonly last?: boolean;
}

type Quirk = (code: ChatQuirk) => void;

/** Events of llama.cpp's own API, of Anthropic's Messages and of OpenAI's Responses; undefined for anything else. */
export function foreignEvent(event: JsonObject, quirk: Quirk): ForeignEvent | undefined {
  if (typeof event.content === 'string' && typeof event.stop === 'boolean') return llamaCpp(event);
  const type = text(event.type);
  if (event.object === 'response' || type.startsWith('response.')) return responses(event, type, quirk);
  if (/^(message|content_block)(_|$)/.test(type)) return anthropic(event, type, quirk);
  return undefined;
}

const LLAMA_STOPS: Readonly<Record<string, string>> = { limit: 'length', eos: 'stop', word: 'stop' };

function llamaCpp(event: JsonObject): ForeignEvent {
  const usage = {
    promptTokens: count(event.tokens_evaluated),
    completionTokens: count(event.tokens_predicted),
    reasoningTokens: null,
    cachedTokens: count(object(event.timings)?.cache_n),
  };
  return {
    quirk: 'DIALECT_LLAMA_CPP',
    text: text(event.content),
    model: text(event.model),
    logProbs: { content: event.completion_probabilities ?? null },
    ...(event.stop === true
      ? { usage, finish: LLAMA_STOPS[text(event.stop_type)] ?? text(event.stop_type), last: true }
      : {}),
  };
}

function anthropic(event: JsonObject, type: string, quirk: Quirk): ForeignEvent {
  const message = type === 'message' ? event : object(event.message);
  const delta = object(event.delta);
  const whole = type === 'message' ? partsOf(event.content, quirk) : undefined;
  return {
    quirk: 'DIALECT_ANTHROPIC',
    text: whole?.text ?? text(delta?.text),
    reasoning: whole?.reasoning ?? text(delta?.thinking),
    model: text(message?.model),
    finish: text(event.stop_reason) || text(delta?.stop_reason),
    usage: anthropicUsage(object(event.usage) ?? object(message?.usage), quirk),
    last: type === 'message' || type === 'message_stop',
  };
}

/** What came from the cache is not part of `input_tokens`. */
function anthropicUsage(source: JsonObject | undefined, quirk: Quirk): Usage | undefined {
  const usage = readUsage(source, quirk);
  const cached = usage?.cachedTokens ?? 0;
  const promptTokens = usage?.promptTokens ?? null;
  return usage && { ...usage, promptTokens: promptTokens === null ? null : promptTokens + cached };
}

function responses(event: JsonObject, type: string, quirk: Quirk): ForeignEvent {
  const response = event.object === 'response' ? event : object(event.response);
  const whole = event.object === 'response';
  const parts = list(response?.output).flatMap((item) => {
    const content = list(object(item)?.content);
    return content.map((part) => ({
      reasoning: object(item)?.type === 'reasoning',
      text: text(object(part)?.text),
    }));
  });
  const all = (reasoning: boolean): string =>
    parts
      .filter((part) => part.reasoning === reasoning)
      .map((part) => part.text)
      .join('');
  const delta = (pattern: RegExp): string => (pattern.test(type) ? text(event.delta) : '');
  return {
    quirk: 'DIALECT_RESPONSES',
    text: whole ? all(false) : delta(/^response\.output_text\.delta$/),
    reasoning: whole ? all(true) : delta(/^response\.reasoning(_summary)?_text\.delta$/),
    model: text(response?.model),
    finish:
      text(response?.status) === 'completed' ? 'stop' : text(object(response?.incomplete_details)?.reason),
    usage: readUsage(object(response?.usage), quirk),
    last: whole || type === 'response.completed' || type === 'response.incomplete',
  };
}
