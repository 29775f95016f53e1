import { type Dialect, dialect } from './dialect.js';
import { openai } from './openai.js';
import { grouped } from './stages.js';
import {
  accounting,
  choicePatch,
  contentParts,
  errors,
  explicitNulls,
  extra,
  fingerprint,
  framed,
  ignores,
  leastOutput,
  moreUsage,
  opening,
  plainUsage,
  rawThinking,
  refuses,
  roleInEach,
  staged,
  usageAt,
} from './traits.js';

const COARSE = grouped([6, 5, 7]);
/** Chunks of Azure's content filter. */
const promptFilter = {
  choices: [],
  created: 0,
  id: '',
  model: '',
  object: '',
  prompt_filter_results: [
    { prompt_index: 0, content_filter_results: { hate: { filtered: false, severity: 'safe' } } },
  ],
};

/** Makers of models, at their own addresses. */
export const vendors: readonly Dialect[] = [
  dialect(
    openai,
    'deepseek',
    'nulls for the channel that is silent, usage in the finish chunk, cache hits counted; logit_bias ignored',
    opening({ role: 'assistant', content: null, reasoning_content: '' }),
    explicitNulls('content', 'reasoning_content'),
    usageAt('finish'),
    moreUsage(({ promptTokens, cachedTokens }) => ({
      prompt_cache_hit_tokens: cachedTokens ?? 0,
      prompt_cache_miss_tokens: (promptTokens ?? 0) - (cachedTokens ?? 0),
    })),
    fingerprint('fp_393bca965e_prod0623_fp8_kvcache'),
    ignores('logit_bias', 'seed'),
  ),
  dialect(
    openai,
    'deepseek-reasoner',
    'as deepseek, and log-probabilities are refused',
    opening({ role: 'assistant', content: null, reasoning_content: '' }),
    explicitNulls('content', 'reasoning_content'),
    usageAt('finish'),
    fingerprint('fp_393bca965e_prod0623_fp8_kvcache'),
    refuses('logprobs', 'top_logprobs'),
    ignores('logit_bias', 'seed'),
  ),
  dialect(
    openai,
    'azure',
    'a filter chunk without choices first, reasoning_tokens always 0',
    (d) => ({ ...d, preamble: () => [promptFilter] }),
    choicePatch((choice) => ({ ...choice, content_filter_results: {} })),
    extra(() => ({ obfuscation: 'q7Rn' })),
    accounting((usage) => ({ ...usage, reasoningTokens: 0 })),
    fingerprint('fp_b705f0c291'),
    leastOutput(16),
  ),
  dialect(
    openai,
    'mistral',
    'content as a list of parts, extra key p, usage in the finish chunk',
    contentParts,
    usageAt('finish'),
    plainUsage,
    extra(() => ({ p: 'abcdef' })),
    ignores('logprobs', 'logit_bias'),
    errors(({ status, type, message }) => ({
      status: status === 400 ? 422 : status,
      body: { object: 'error', message, type, param: null, code: '1500' },
    })),
  ),
  dialect(
    openai,
    'xai',
    'usage in every chunk, reasoning not among completion tokens',
    usageAt('every-chunk'),
    accounting((usage) => ({
      ...usage,
      completionTokens: (usage.completionTokens ?? 0) - (usage.reasoningTokens ?? 0),
    })),
    fingerprint('fp_a9d7c2e8f0'),
    ignores('logit_bias'),
  ),
  dialect(
    openai,
    'zai',
    'usage in the finish chunk, coarse chunks',
    staged(COARSE),
    usageAt('finish'),
    roleInEach,
    refuses('logit_bias'),
    ignores('logprobs'),
  ),
  dialect(
    openai,
    'moonshot',
    'usage inside the choice',
    usageAt('choice'),
    plainUsage,
    moreUsage(({ cachedTokens }) => ({ cached_tokens: cachedTokens ?? 0 })),
    fingerprint('fpv0_2d6f1b7a'),
  ),
  dialect(
    openai,
    'perplexity',
    'cumulative usage in every chunk, no [DONE], raw <think>',
    rawThinking,
    staged(COARSE),
    usageAt('every-chunk'),
    plainUsage,
    framed({ done: '', event: (json) => `data: ${json}\r\n\r\n` }),
    extra(() => ({ citations: [], search_results: [] })),
    ignores('logprobs', 'logit_bias', 'seed'),
  ),
];
