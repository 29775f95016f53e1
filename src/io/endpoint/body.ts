import { AssayError } from '../../core/errors.js';
import type { ChatRequest, CompletionRequest } from '../../core/types.js';
import type { Dialect } from './dialect.js';
import { FIRST_UNSAFE_ID } from './limits.js';

/** The JSON of a chat request in the dialect the server was found to speak. Throws USAGE. */
export function chatBody(request: ChatRequest, model: string, dialect: Dialect): string {
  const top = topOf(request.topLogProbs, dialect);
  return JSON.stringify({
    model,
    messages: request.messages,
    [dialect.maxCompletionTokens ? 'max_completion_tokens' : 'max_tokens']: request.maxTokens,
    ...shared(request, dialect),
    ...(top === undefined ? {} : { logprobs: true, top_logprobs: top }),
  });
}

/** The same for a raw prompt, whose `logprobs` is a number. */
export function completionBody(request: CompletionRequest, model: string, dialect: Dialect): string {
  const top = topOf(request.topLogProbs, dialect);
  return JSON.stringify({
    model,
    prompt: request.prompt,
    max_tokens: request.maxTokens,
    ...shared(request, dialect),
    ...(request.echo ? { echo: true } : {}),
    ...(top === undefined ? {} : { logprobs: top }),
  });
}

function topOf(wanted: number | undefined, { maxTop }: Dialect): number | undefined {
  return wanted === undefined ? undefined : Math.min(wanted, maxTop);
}

function shared(
  { temperature = 0, topP, seed, logitBias, stream = true }: Omit<ChatRequest, 'messages'>,
  dialect: Dialect,
): Record<string, unknown> {
  return {
    temperature,
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(seed === undefined || !dialect.seed ? {} : { seed }),
    ...(logitBias === undefined ? {} : { logit_bias: safeBias(logitBias) }),
    stream,
    ...(stream && dialect.streamOptions ? { stream_options: { include_usage: true } } : {}),
  };
}

function safeBias(bias: Readonly<Record<number, number>>): Readonly<Record<number, number>> {
  const unsafe = Object.keys(bias).find((id) => !(Number(id) < FIRST_UNSAFE_ID));
  if (unsafe === undefined) return bias;
  throw new AssayError('USAGE', `A bias of token ${unsafe} was asked for; ids end at ${FIRST_UNSAFE_ID}.`, {
    hint: 'Servers have crashed on ids that their vocabulary lacks.',
  });
}
