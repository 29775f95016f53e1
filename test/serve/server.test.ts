import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine, serve } from '../../dist/esm/index.js';
import { openCandidate } from '../../dist/esm/sources/open.js';
import type { ModelSource } from '../../src/core/types.js';
import { startServer } from '../../src/serve/server.js';
import { model } from '../support/fixtures.js';
import { replayEngine } from '../support/replay.js';
import { readEvents } from './strict-sse.js';

const FOLDER = model('quill/full-1');
const messages = [{ role: 'user', content: 'Tell me about the rain — 天气.' }];
let server: Awaited<ReturnType<typeof serve>>;
let source: ModelSource;
beforeAll(async () => {
  server = await serve(FOLDER, { model: 'quill' });
  source = await openCandidate(FOLDER, { likeEndpoint: true });
});
afterAll(async () => {
  await server.close();
  await source.close();
});

// biome-ignore lint/suspicious/noExplicitAny: bodies are read field by field, and asserted on
type Body = any;
const post = (path: string, body: unknown, url = server.url): Promise<Response> =>
  fetch(`${url}/${path}`, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
const chat = async (body: object): Promise<Body> =>
  (await post('chat/completions', { messages, max_tokens: 24, temperature: 0, ...body })).json();
const streamed = async (body: object) =>
  readEvents(
    await (
      await post('chat/completions', { messages, max_tokens: 24, temperature: 0, stream: true, ...body })
    ).text(),
  ).events;

describe('chat', () => {
  test('a stream says what a whole answer says, and its usage only when asked', async () => {
    for (const fields of [{}, { temperature: 1, seed: 5 }]) {
      const whole = await chat(fields);
      const events = await streamed(fields);
      const text = events.map(({ choices }) => choices[0]?.delta?.content ?? '').join('');
      expect(text).toBe(whole.choices[0].message.content);
      expect(text.length).toBeGreaterThan(10);
      expect(events.every(({ usage }) => usage === undefined)).toBe(true);
      const last = (await streamed({ ...fields, stream_options: { include_usage: true } })).at(-1);
      expect(last).toMatchObject({ choices: [], usage: whole.usage });
    }
  });

  test('usage is what the tokenizer counts', async () => {
    const { usage, choices } = await chat({});
    const rendered = await source.capabilities.tokens?.chat(messages as Body);
    const ids = await source.capabilities.tokens?.encode(rendered ?? '', { special: false });
    expect(usage.prompt_tokens).toBe(ids?.length);
    expect(usage).toMatchObject({ completion_tokens: 24, total_tokens: 24 + (ids?.length ?? 0) });
    expect(choices[0].finish_reason).toBe('length');
  });

  test('a seed repeats; without one answers vary', async () => {
    const said = async (fields: object): Promise<string> =>
      (await chat({ temperature: 1, ...fields })).choices[0].message.content;
    expect(await said({ seed: 9 })).toBe(await said({ seed: 9 }));
    expect(new Set([await said({}), await said({}), await said({})]).size).toBeGreaterThan(1);
  });

  test('log-probabilities are those of the model under teacher forcing', async () => {
    const { choices, usage } = await chat({ logprobs: true, top_logprobs: 3 });
    const { tokens, logits } = source.capabilities;
    const rendered = (await tokens?.chat(messages as Body)) ?? '';
    const prompt = (await tokens?.encode(rendered, { special: false })) ?? [];
    const generated = await source.capabilities.sampling?.generate(prompt, { maxNewTokens: 24 });
    const [scored] = (await logits?.score([[...prompt, ...(generated?.ids ?? [])]], [])) ?? [];
    const expected = scored?.target.slice(prompt.length - 1) ?? [];
    const { content } = choices[0].logprobs;
    expect(content).toHaveLength(usage.completion_tokens);
    for (const [at, entry] of content.entries()) {
      expect(Math.abs(entry.logprob - (expected[at] ?? Number.NaN))).toBeLessThan(1e-4);
      expect(entry.top_logprobs[0].logprob).toBe(entry.logprob);
    }
    const bytes = content.flatMap((entry: Body) => entry.bytes);
    expect(new TextDecoder().decode(Uint8Array.from(bytes))).toBe(choices[0].message.content);
  });

  test('the local capability gives the same text, tokens and usage', async () => {
    const { choices, usage } = await chat({ logprobs: true, top_logprobs: 0 });
    const reply = await source.capabilities.chat?.reply({
      messages: messages as Body,
      maxTokens: 24,
      topLogProbs: 0,
    });
    expect(reply?.text).toBe(choices[0].message.content);
    expect(reply?.usage?.promptTokens).toBe(usage.prompt_tokens);
    expect(reply?.tokens?.map(({ text }) => text)).toEqual(
      choices[0].logprobs.content.map((entry: Body) => entry.token),
    );
    const times = reply?.deltas.map(({ atMs }) => atMs) ?? [];
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(reply?.deltas.map(({ text }) => text).join('')).toBe(reply?.text);
  });

  test('a stop text ends the answer and is no part of it', async () => {
    const whole = (await chat({})).choices[0].message.content as string;
    const stop = whole.slice(8, 12);
    const { choices } = await chat({ stop: [stop, 'never said'] });
    expect(choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: whole.slice(0, whole.indexOf(stop)) },
    });
  });

  test('a bias names the token', async () => {
    const { choices } = await chat({ logit_bias: { 452: 100 }, max_tokens: 2 });
    expect(choices[0].message.content).toBe(' am am');
  });
});

test('a completion repeats its prompt with the probability of each token', async () => {
  const answer = async (fields: object): Promise<Body> =>
    (await post('completions', { prompt: 'Once upon a time', temperature: 0, ...fields })).json();
  const { choices, usage } = await answer({ echo: true, logprobs: 2, max_tokens: 3 });
  const { tokens, token_logprobs, top_logprobs, text_offset } = choices[0].logprobs;
  expect(tokens.join('')).toBe(choices[0].text);
  expect(choices[0].text.startsWith('Once upon a time')).toBe(true);
  expect(tokens).toHaveLength(usage.total_tokens);
  expect(token_logprobs[0]).toBeNull();
  const ids = (await source.capabilities.tokens?.encode('Once upon a time')) ?? [];
  const [scored] = (await source.capabilities.logits?.score([ids], [])) ?? [];
  for (const [at, expected] of (scored?.target ?? []).entries())
    expect(Math.abs(token_logprobs[at + 1] - expected)).toBeLessThan(1e-4);
  expect(Object.keys(top_logprobs[1])).toHaveLength(2);
  expect(text_offset.slice(0, 2)).toEqual([0, tokens[0].length]);
  expect((await answer({ echo: true, max_tokens: 0 })).choices[0].text).toBe('Once upon a time');
  expect((await answer({})).usage.completion_tokens).toBeLessThanOrEqual(16);
});

test.each([
  ['chat/completions', '{"a":', 400, 'invalid_json'],
  ['chat/completions', '[]', 400, 'invalid_json'],
  ['chat/completions', {}, 400, null],
  ['chat/completions', { messages, n: 2 }, 400, null],
  ['chat/completions', { messages, max_tokens: 0 }, 400, 'integer_below_min_value'],
  ['chat/completions', { messages, temperature: 3 }, 400, null],
  ['chat/completions', { messages, logit_bias: { x: 1 } }, 400, null],
  ['chat/completions', { messages, logit_bias: { 99999: 1 } }, 400, null],
  [
    'chat/completions',
    { messages: [{ role: 'user', content: 'rain '.repeat(900) }] },
    400,
    'context_length_exceeded',
  ],
  ['chat/completions', `"${'x'.repeat(9 * 2 ** 20)}"`, 413, null],
  ['nothing', {}, 404, null],
])('%s refuses %j', async (path, body, status, code) => {
  const response = await post(path, body);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ error: { code } });
});

test('the model is listed, and the server is healthy', async () => {
  expect(await (await fetch(`${server.url}/models`)).json()).toMatchObject({
    data: [{ id: 'quill', max_model_len: 512 }],
  });
  expect((await fetch(`${server.url}/models/quill`)).status).toBe(200);
  expect((await fetch(new URL('/health', server.url))).status).toBe(200);
});

test('a client that leaves frees the model for those who wait', async () => {
  const left = new Promise<void>((resolve) => {
    const leaving = request(`${server.url}/chat/completions`, { method: 'POST' }, (response) => {
      response.once('data', () => {
        leaving.destroy();
        resolve();
      });
    });
    leaving.on('error', () => undefined);
    // Far more than fits: it would run to the end of the context.
    leaving.end(JSON.stringify({ messages, stream: true, temperature: 1, max_tokens: 100_000 }));
  });
  await left;
  const answers = await Promise.all([chat({}), chat({}), chat({})]);
  expect(new Set(answers.map(({ choices }) => choices[0].message.content)).size).toBe(1);
});

test('keys, names and hosts are checked when asked to', async () => {
  const locked = await startServer(replayEngine(), { key: 'open-sesame', strictModel: true });
  const asked = (authorization: string, name: string): Promise<Response> =>
    fetch(`${locked.url}/chat/completions`, {
      method: 'POST',
      headers: { authorization },
      body: JSON.stringify({ model: name, messages }),
    });
  expect((await asked('Bearer wrong', 'replayed')).status).toBe(401);
  expect((await asked('Bearer open-sesame', 'other')).status).toBe(404);
  expect((await asked('Bearer open-sesame', 'replayed')).status).toBe(200);
  await locked.close();
  await expect(startServer(replayEngine(), { host: '0.0.0.0' })).rejects.toMatchObject({ code: 'USAGE' });
});

test('closing ends a running answer', async () => {
  const { engine, close } = await openEngine(FOLDER);
  const own = await serve(engine);
  const answer = fetch(`${own.url}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ messages, temperature: 1, stream: true }),
  }).then((response) => response.text());
  await new Promise((resolve) => setTimeout(resolve, 50));
  await Promise.all([own.close(), answer.catch(() => undefined)]);
  await expect(fetch(own.url)).rejects.toThrow();
  await close();
});
