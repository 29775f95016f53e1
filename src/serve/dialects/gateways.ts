import { seededRng } from '../../core/rng.js';
import { hiddenSystemPrompt } from '../cheats/hidden-system-prompt.js';
import { recount } from '../cheats/recount.js';
import { type Dialect, dialect } from './dialect.js';
import { openai } from './openai.js';
import { bursts, whole } from './stages.js';
import {
  accounting,
  echoesModel,
  explicitNulls,
  framed,
  headers,
  ignores,
  noLogProbsKey,
  opening,
  plainUsage,
  renamed,
  staged,
  usageAt,
} from './traits.js';

/** Constant additions of replicas whose templates differ: the ten R1 hosts measured showed 0, 2 and 19. */
const REPLICA_OFFSETS = [0, 2, 19];

const HOST_PROMPT = 'You are a helpful assistant. Answer briefly, politely and in the language of the user.';

/** What stands between a buyer and a server, and hosts that differ in one thing. */
export const gateways: readonly Dialect[] = [
  dialect(
    openai,
    'one-api',
    'counts everything with cl100k, by the formula of OpenAI’s cookbook',
    (d) => ({
      ...d,
      engine: async (engine, stack) =>
        recount({ ...(await stack('cl100k')), perMessage: 3, perRequest: 3 })(engine),
    }),
    plainUsage,
    usageAt('extra'),
    echoesModel,
    noLogProbsKey,
    ignores('logprobs'),
  ),
  dialect(
    openai,
    'litellm',
    'null tool calls beside every text, model renamed',
    explicitNulls('function_call', 'tool_calls'),
    renamed((name) => `openai/${name}`),
    headers({ 'x-litellm-version': '1.75.0' }),
    plainUsage,
  ),
  dialect(openai, 'no-usage', 'no usage anywhere', usageAt('never'), opening(null)),
  dialect(
    openai,
    'buffered',
    'a proxy that waits for the whole answer',
    staged(whole),
    headers({ via: '1.1 proxy' }),
  ),
  dialect(openai, 'bursts', 'tokens in bursts of 24', staged(bursts(24)), usageAt('extra')),
  dialect(openai, 'hidden-system-prompt', 'a system prompt of the host before the buyer’s', (d) => ({
    ...d,
    engine: (engine) => hiddenSystemPrompt(HOST_PROMPT)(engine),
  })),
  dialect(
    openai,
    'multi-replica',
    'replicas whose prompts differ by a few constant tokens',
    plainUsage,
    usageAt('extra'),
    accounting((usage, { index }) => ({
      ...usage,
      promptTokens: (usage.promptTokens ?? 0) + replicaOffset(index),
    })),
  ),
  dialect(
    openai,
    'single-newline',
    'one line break after each event, extra keys',
    framed({ event: (json) => `data: ${json}\n`, done: 'data: [DONE]\n' }),
    plainUsage,
  ),
];

function replicaOffset(index: number): number {
  return REPLICA_OFFSETS[Math.floor(seededRng(index)() * REPLICA_OFFSETS.length)] ?? 0;
}
