import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tokenStacks } from '../../dist/esm/sources/token-stacks.js';
import type { Reply } from '../../src/core/types.js';
import { openClient } from '../../src/io/endpoint/client.js';
import { DEFAULT_LIMITS } from '../../src/io/endpoint/limits.js';
import { dialects } from '../../src/serve/dialects/table.js';
import { type RunningServer, startServer } from '../../src/serve/server.js';
import { codec, REASONING, replayEngine, TEXT } from '../support/replay.js';
import { readEvents } from './strict-sse.js';

const MESSAGES = [{ role: 'user' as const, content: 'How many?' }];
const PROMPT = codec.encode('<|user|>How many?<|end|><|assistant|>', false).length;
const WHOLE = codec.encode(`<think>${REASONING}</think>${TEXT}`, false).length + 1;
const THOUGHT = codec.encode(`<think>${REASONING}</think>`, false).length;

/** Dialects whose counts differ from the engine's, and how. */
const OTHERWISE: Readonly<Record<string, (usage: Reply['usage']) => void>> = {
  'no-usage': (usage) => expect(usage).toBeNull(),
  azure: (usage) =>
    expect(usage).toMatchObject({ promptTokens: PROMPT, completionTokens: WHOLE, reasoningTokens: 0 }),
  xai: (usage) => expect(usage).toMatchObject({ promptTokens: PROMPT, completionTokens: WHOLE - THOUGHT }),
  'multi-replica': (usage) =>
    expect([0, 2, 19].map((offset) => PROMPT + offset)).toContain(usage?.promptTokens),
  'hidden-system-prompt': (usage) => expect(usage?.promptTokens).toBeGreaterThan(PROMPT + 10),
  // 3 per request, 3 per message, 1 for "user" and 3 for "How many?"; tiktoken 0.12 gives these for cl100k_base.
  'one-api': (usage) => expect(usage?.promptTokens).toBe(3 + 3 + 1 + 3),
};

const servers = new Map<string, RunningServer>();
beforeAll(async () => {
  const tokenStack = tokenStacks({}).load;
  for (const dialect of dialects)
    servers.set(dialect.name, await startServer(replayEngine(), { dialect, tokenStack }));
});
afterAll(async () => {
  for (const server of servers.values()) await server.close();
});

const urlOf = (name: string): string => servers.get(name)?.url ?? '';
const post = (name: string, body: object): Promise<Response> =>
  fetch(`${urlOf(name)}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ messages: MESSAGES, ...body }),
  });

test('there are enough of them, each with a name of its own', () => {
  expect(new Set(dialects.map(({ name }) => name)).size).toBe(dialects.length);
  expect(dialects.length).toBeGreaterThanOrEqual(24);
});

describe.each(dialects.map(({ name }) => name))('%s', (name) => {
  test.each([true, false])('the client reads text, reasoning and usage back (stream: %s)', async (stream) => {
    const client = openClient({
      baseUrl: urlOf(name),
      model: 'replayed',
      key: undefined,
      allowPrivate: true,
      limits: DEFAULT_LIMITS,
      signal: undefined,
      now: () => performance.now(),
      wallClock: Date.now,
    });
    try {
      const reply = await client.chat.reply({ messages: MESSAGES, maxTokens: 400, stream });
      expect(reply.text).toBe(TEXT);
      expect(reply.reasoning).toBe(REASONING);
      expect(reply.finish).toBe(name === 'snowflake' ? null : 'stop');
      const check = OTHERWISE[name];
      if (check) check(reply.usage);
      else expect(reply.usage).toMatchObject({ promptTokens: PROMPT, completionTokens: WHOLE });
    } finally {
      client.close();
    }
  });

  test('every event is one JSON object and the stream ends as the dialect says', async () => {
    const response = await post(name, { stream: true, stream_options: { include_usage: true } });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const { events, done } = readEvents(await response.text(), { single: name === 'single-newline' });
    const { framing } = dialects.find((dialect) => dialect.name === name) ?? {};
    expect(done).toBe(framing?.done !== '');
    const finishes = events.flatMap(({ choices }) => choices.map((choice) => choice.finish_reason ?? null));
    expect(finishes.filter((finish) => finish !== null)).toEqual(name === 'snowflake' ? [] : ['stop']);
    expect(events.every(({ choices }) => choices.length <= 1)).toBe(true);
  });
});

test('chunks hold one token, about two, many or all', async () => {
  const chunks = async (name: string): Promise<number> => {
    const { events } = readEvents(await (await post(name, { stream: true })).text());
    const texts = events.map(({ choices }) => Object.values(choices[0]?.delta ?? {}));
    return texts.filter((values) => values.some((text) => text && text !== 'assistant')).length;
  };
  const [one, two, six, all] = [
    await chunks('openai'),
    await chunks('vllm-speculative'),
    await chunks('zai'),
    await chunks('buffered'),
  ];
  expect(one / two).toBeGreaterThan(1.9);
  expect(one / two).toBeLessThan(2.6);
  expect(two).toBeGreaterThan(2 * six);
  expect(all).toBeLessThanOrEqual(3);
});

test.each([
  ['groq', { logprobs: true }, 'unsupported_parameter'],
  ['groq', { logit_bias: { 5: 1 } }, 'unsupported_parameter'],
  ['azure', { max_tokens: 1 }, 'integer_below_min_value'],
  ['deepseek-reasoner', { logprobs: true, top_logprobs: 3 }, 'unsupported_parameter'],
])('%s refuses %j', async (name, fields, code) => {
  const response = await post(name, fields);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { code } });
});

test('errors have the shape of the server', async () => {
  const bad = async (name: string): Promise<[number, unknown]> => {
    const response = await fetch(`${urlOf(name)}/chat/completions`, { method: 'POST', body: '{' });
    return [response.status, await response.json()];
  };
  expect(await bad('openai')).toMatchObject([400, { error: { code: 'invalid_json' } }]);
  expect(await bad('llama.cpp-2025')).toMatchObject([500, { error: { type: 'invalid_request_error' } }]);
  expect(await bad('tgi')).toMatchObject([422, { error_type: 'validation' }]);
  expect(await bad('vllm')).toMatchObject([400, { object: 'error' }]);
});
