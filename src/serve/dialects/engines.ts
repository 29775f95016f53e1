import { type Dialect, dialect } from './dialect.js';
import { chatLogProbs, chatToken, completionLogProbs, openai } from './openai.js';
import { grouped } from './stages.js';
import {
  choicePatch,
  echoesModel,
  errors,
  fingerprint,
  framed,
  ignores,
  moreUsage,
  noLogProbsKey,
  opening,
  patched,
  plainUsage,
  reasoningIn,
  roleInEach,
  staged,
  usageAt,
} from './traits.js';

const SPECULATIVE = grouped([1, 3, 2, 3, 2]);
const flatError = errors(({ status, type, message, code }) => ({
  status,
  body: { object: 'error', message, type, param: null, code: code ?? status },
}));

const llamaError = errors(({ status, type, message, details }) => ({
  status,
  body: { error: { code: status, message, type, ...details } },
}));

const withIds: Dialect['logProbs'] = (tokens, { kind }) =>
  kind === 'chat'
    ? chatLogProbs(tokens, (choice) => ({ id: choice.id, ...chatToken(choice) }))
    : completionLogProbs(tokens);

/** llama.cpp's times, which count tokens too. */
const timed = patched((body, _, at, usage) => {
  if (usage === null || at === 'usage') return body;
  const { promptTokens, completionTokens, cachedTokens } = usage;
  const cached = cachedTokens ?? 0;
  const timings = { cache_n: cached, prompt_n: (promptTokens ?? 0) - cached, predicted_n: completionTokens };
  return { ...body, timings };
});

/** Programs that serve models. */
export const engines: readonly Dialect[] = [
  dialect(
    openai,
    'ollama',
    'reasoning under its own name, role in every delta, no log-probabilities',
    reasoningIn('reasoning'),
    roleInEach,
    plainUsage,
    noLogProbsKey,
    fingerprint('fp_ollama'),
    ignores('logprobs', 'logit_bias'),
  ),
  dialect(
    openai,
    'vllm',
    'one token a chunk, stop_reason, token_ids null',
    opening({ role: 'assistant', content: '' }),
    reasoningIn('reasoning', 'reasoning_content'),
    plainUsage,
    choicePatch((choice) => ({ ...choice, stop_reason: null, token_ids: null })),
    flatError,
  ),
  dialect(openai, 'vllm-speculative', 'several tokens a chunk', staged(SPECULATIVE), plainUsage, flatError),
  dialect(
    openai,
    'sglang',
    'matched_stop, flat cached tokens',
    reasoningIn('reasoning_content'),
    moreUsage(({ cachedTokens }) => ({ cached_tokens: cachedTokens ?? 0, reasoning_tokens: 0 })),
    choicePatch((choice) => ({ ...choice, matched_stop: null })),
    flatError,
  ),
  dialect(
    openai,
    'llama.cpp-2025',
    'the requested model name, usage and timings in the last chunk, 500 for bad JSON',
    opening(null),
    usageAt('finish'),
    plainUsage,
    echoesModel,
    fingerprint('b4719-73e2ed3c'),
    (d) => ({ ...d, logProbs: withIds }),
    timed,
    errors((refusal) => ({
      status: refusal.code === 'invalid_json' ? 500 : refusal.status,
      body: { error: { code: refusal.status, message: refusal.message, type: refusal.type } },
    })),
  ),
  dialect(
    openai,
    'llama.cpp-2026',
    'its own alias, content null with the role, token ids in log-probabilities',
    opening({ role: 'assistant', content: null }),
    plainUsage,
    moreUsage(({ cachedTokens }) => ({ prompt_tokens_details: { cached_tokens: cachedTokens ?? 0 } })),
    fingerprint('b8461-0f2c9e11'),
    (d) => ({ ...d, logProbs: withIds }),
    timed,
    llamaError,
  ),
  dialect(
    openai,
    'tgi',
    'event lines, errors of two fields',
    framed({ event: (json) => `event: message\ndata:${json}\n\n` }),
    plainUsage,
    fingerprint('3.3.4-sha-loopback'),
    errors(({ status, message }) => ({
      status: status === 400 ? 422 : status,
      body: { error: message, error_type: 'validation' },
    })),
    ignores('logit_bias'),
  ),
  dialect(
    openai,
    'gpustack',
    'no [DONE], usage and speed in the finish chunk',
    usageAt('finish'),
    framed({ done: '' }),
    moreUsage(() => ({ tokens_per_second: 42.1, time_to_first_token_ms: 80 })),
    echoesModel,
  ),
];
