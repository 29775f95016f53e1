import type { ReplyToken, TokenChoice } from '../../core/types.js';
import { overLimit } from './failure.js';
import { MAX_CHOICES, MAX_TOKEN_BYTES, MAX_TOP } from './limits.js';
import type { ChatQuirk } from './quirks.js';
import { count, type Json, type JsonObject, list, object, text, wellFormed } from './values.js';

/** Rounding may lift a probability of one a little above it. */
const ROUNDING = 1e-3;
/** vLLM's switch `return_tokens_as_token_ids` writes this in place of the text. */
const TOKEN_ID = /^token_id:(\d{1,9})$/;

export interface TokenSink {
  readonly tokens: ReplyToken[];
  /** Tokens and alternatives kept so far. */
  choices: number;
  readonly quirk: (code: ChatQuirk) => void;
}

/** Add the tokens of one `logprobs` object, of chat or of legacy completions. Throws ENDPOINT_LIMIT. */
export function addLogProbs(value: JsonObject | undefined, sink: TokenSink): void {
  if (value === undefined) return;
  // DeepSeek reports the reasoning's tokens beside the content's.
  for (const key of ['reasoning_content', 'content'])
    for (const entry of list(value[key])) keep(chatToken(object(entry), sink), sink);
  if (Array.isArray(value.tokens)) addLegacy(value, sink);
}

function keep(token: ReplyToken | undefined, sink: TokenSink): void {
  if (token === undefined) return;
  sink.choices += 1 + token.top.length;
  if (sink.choices > MAX_CHOICES)
    throw overLimit('CHAT_TOKENS', `reports more than ${MAX_CHOICES} tokens and alternatives`);
  sink.tokens.push(token);
}

function chatToken(entry: JsonObject | undefined, sink: TokenSink): ReplyToken | undefined {
  const choice = chatChoice(entry, sink);
  if (choice === undefined) return undefined;
  const top = list(entry?.top_logprobs)
    .slice(0, MAX_TOP)
    .flatMap((other) => chatChoice(object(other), sink) ?? []);
  return { ...choice, top: mostProbableFirst(top) };
}

function chatChoice(entry: JsonObject | undefined, sink: TokenSink): TokenChoice | undefined {
  if (entry === undefined || typeof entry.token !== 'string') return undefined;
  const id = count(entry.id ?? entry.token_id) ?? idInText(entry.token);
  return {
    text: wellFormed(entry.token.slice(0, MAX_TOKEN_BYTES)),
    bytes: byteList(entry.bytes),
    id,
    logProb: logProb(entry.logprob, sink),
  };
}

/** Parallel lists: tokens, their log-probabilities, alternatives as objects by text. */
function addLegacy(value: JsonObject, sink: TokenSink): void {
  const logProbs = list(value.token_logprobs);
  const tops = list(value.top_logprobs);
  const ids = list(value.token_ids);
  for (const [i, token] of list(value.tokens).entries()) {
    const source = text(token);
    keep(
      {
        text: wellFormed(source.slice(0, MAX_TOKEN_BYTES)),
        bytes: null,
        id: count(ids[i]) ?? idInText(source),
        logProb: logProb(logProbs[i], sink),
        top: mostProbableFirst(legacyTop(tops[i], sink)),
      },
      sink,
    );
  }
}

function legacyTop(value: Json | undefined, sink: TokenSink): TokenChoice[] {
  if (Array.isArray(value))
    return value.slice(0, MAX_TOP).flatMap((entry) => chatChoice(object(entry), sink) ?? []);
  return Object.entries(object(value) ?? {})
    .slice(0, MAX_TOP)
    .map(([token, number]) => ({
      text: wellFormed(token.slice(0, MAX_TOKEN_BYTES)),
      bytes: null,
      id: idInText(token),
      logProb: logProb(number, sink),
    }));
}

function mostProbableFirst(top: readonly TokenChoice[]): readonly TokenChoice[] {
  const of = ({ logProb: value }: TokenChoice): number => value ?? Number.NEGATIVE_INFINITY;
  return top.length < 2 ? top : [...top].sort((a, b) => of(b) - of(a) || 0);
}

function logProb(value: Json | undefined, { quirk }: TokenSink): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' && value <= ROUNDING) return Math.min(0, value);
  quirk('LOGPROB_INVALID');
  return null;
}

function idInText(token: string): number | null {
  const match = TOKEN_ID.exec(token);
  return match ? Number(match[1]) : null;
}

function byteList(value: Json | undefined): readonly number[] | null {
  if (!Array.isArray(value) || value.length > MAX_TOKEN_BYTES) return null;
  const sound = value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255);
  return sound ? (value as number[]) : null;
}
