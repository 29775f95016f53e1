import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCandidate } from '../../dist/esm/sources/open.js';
import type { ModelSource, SamplingOptions, TokenStep } from '../../src/core/types.js';
import { model } from '../support/fixtures.js';

const PROMPT = [262, 361, 319, 48, 262];
let source: ModelSource;
beforeAll(async () => {
  source = await openCandidate(model('quill/full-1'));
});
afterAll(() => source.close());

const generate = async (options: Partial<SamplingOptions>) => {
  const { sampling } = source.capabilities;
  if (!sampling) throw new Error('no sampling');
  return sampling.generate(PROMPT, { maxNewTokens: 24, ignoreEos: true, ...options });
};

test('log-probabilities are those of teacher forcing, most probable first', async () => {
  const { ids, logProbs = [], top = [] } = await generate({ topLogProbs: 5, temperature: 1, seed: 3 });
  const [scored] = (await source.capabilities.logits?.score([[...PROMPT, ...ids]], [], { top: 5 })) ?? [];
  const first = PROMPT.length - 1;
  for (const [at, value] of logProbs.entries()) {
    expect(Math.abs(value - (scored?.target[first + at] ?? Number.NaN))).toBeLessThan(1e-4);
    expect(top[at]?.map(([id]) => id)).toEqual(scored?.top?.[first + at]?.map(([id]) => id));
    const values = (top[at] ?? []).map(([, logProb]) => logProb);
    expect(values).toEqual([...values].sort((a, b) => b - a));
  }
  expect(logProbs).toHaveLength(24);
});

test('a bias decides what comes, and leaves the reported probability alone', async () => {
  const plain = await generate({ maxNewTokens: 1, topLogProbs: 1 });
  const forced = await generate({ maxNewTokens: 1, topLogProbs: 1, logitBias: { 500: 100 } });
  expect(forced.ids).toEqual([500]);
  expect(forced.top).toEqual(plain.top);
  expect(forced.logProbs?.[0]).toBeLessThan(plain.logProbs?.[0] ?? 0);
  await expect(generate({ logitBias: { 1024: 1 } })).rejects.toMatchObject({ code: 'USAGE' });
});

test('a small nucleus is greedy, a whole one is not; a seed repeats', async () => {
  const greedy = await generate({});
  expect((await generate({ temperature: 1, topP: 1e-6, seed: 1 })).ids).toEqual(greedy.ids);
  const sampled = await generate({ temperature: 1, seed: 1 });
  expect(sampled.ids).not.toEqual(greedy.ids);
  expect((await generate({ temperature: 1, seed: 1 })).ids).toEqual(sampled.ids);
  expect((await generate({ temperature: 1, seed: 2 })).ids).not.toEqual(sampled.ids);
});

test('tokens are heard in order, with their log-probabilities', async () => {
  const heard: [number, TokenStep][] = [];
  const options = { maxNewTokens: 24, ignoreEos: true, topLogProbs: 2 };
  const whole = await source.capabilities.sampling?.generate(PROMPT, options, (id, step) =>
    heard.push([id, step]),
  );
  expect(heard.map(([id]) => id)).toEqual(whole?.ids);
  expect(heard.map(([, { logProb }]) => logProb)).toEqual(whole?.logProbs);
});

test('a cancelled generation ends early and the next one is unharmed', async () => {
  const { sampling } = source.capabilities;
  const expected = await generate({});
  const stop = new AbortController();
  let heard = 0;
  const long = sampling?.generate(
    PROMPT,
    { maxNewTokens: 500, ignoreEos: true },
    () => {
      if (++heard === 2) stop.abort();
    },
    stop.signal,
  );
  await expect(long).rejects.toMatchObject({ code: 'ABORTED' });
  expect(heard).toBeLessThan(400);
  expect((await generate({})).ids).toEqual(expected.ids);
  await expect(sampling?.generate(PROMPT, { maxNewTokens: 2 }, undefined, stop.signal)).rejects.toMatchObject(
    {
      code: 'ABORTED',
    },
  );
});
