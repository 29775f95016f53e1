import type { ReplyToken, TokenChoice } from '../../core/types.js';
import type { Json } from '../json.js';
import type { Refusal } from '../refusal.js';
import type { Dialect } from './dialect.js';

/** JSON has no −∞; OpenAI writes this for what cannot come. */
const NEVER = -9999;

const logProb = ({ logProb: value }: TokenChoice): number | null =>
  value === null ? null : Math.max(value, NEVER);

export function chatToken(choice: TokenChoice): Json {
  return { token: choice.text, logprob: logProb(choice), bytes: choice.bytes };
}

export function chatLogProbs(
  tokens: readonly ReplyToken[],
  entry: (choice: TokenChoice) => Json = chatToken,
): Json {
  return {
    content: tokens.map((token) => ({ ...entry(token), top_logprobs: token.top.map(entry) })),
    refusal: null,
  };
}

/** The older form, of /v1/completions. `from` is where the first token begins in the text. */
export function completionLogProbs(tokens: readonly ReplyToken[]): Json {
  let offset = 0;
  const offsets = tokens.map(({ text }) => {
    offset += text.length;
    return offset - text.length;
  });
  return {
    tokens: tokens.map(({ text }) => text),
    token_logprobs: tokens.map(logProb),
    top_logprobs: tokens.map(({ top }) =>
      top.length === 0 ? null : Object.fromEntries(top.map((choice) => [choice.text, logProb(choice)])),
    ),
    text_offset: offsets,
  };
}

export function openaiError({ status, type, message, param, code }: Refusal): { status: number; body: Json } {
  return { status, body: { error: { message, type, param, code } } };
}

/** What all others are made from: the protocol as its inventor documents it, reasoning under DeepSeek's name. */
export const openai: Dialect = {
  name: 'openai',
  summary: 'the protocol as documented: one chunk per token, usage in an extra chunk when asked',
  engine: (engine) => engine,
  stages: [],
  fields: (channel, text) => (channel === 'text' ? { content: text } : { reasoning_content: text }),
  message: null,
  opening: { role: 'assistant', content: '' },
  roleInEach: false,
  usagePlace: 'extra-if-asked',
  usage: ({ promptTokens, completionTokens, reasoningTokens, cachedTokens }) => ({
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: (promptTokens ?? 0) + (completionTokens ?? 0),
    prompt_tokens_details: { cached_tokens: cachedTokens ?? 0 },
    completion_tokens_details: { reasoning_tokens: reasoningTokens ?? 0 },
  }),
  logProbs: (tokens, { kind }) => (kind === 'chat' ? chatLogProbs(tokens) : completionLogProbs(tokens)),
  finish: (finish) => finish,
  patches: [],
  preamble: () => [],
  framing: { before: '', event: (json) => `data: ${json}\n\n`, done: 'data: [DONE]\n\n' },
  headers: {},
  model: (_, own) => own,
  refuse: () => null,
  understand: (request) => request,
  error: openaiError,
};
