import { afterAll, describe, expect, it } from 'vitest';
import { openCandidate } from '../../dist/esm/sources/open.js';
import { collectEvidence } from '../../src/core/collect.js';
import type { ChatCapability, ModelSource, Probe, Suite } from '../../src/core/types.js';
import sampledReplies, { type SampledPrompt } from '../../src/replies/probes/sampled-replies.js';
import wordAnswers, { type WordAnswers } from '../../src/text/probes/word-answers.js';
import { model } from '../support/fixtures.js';
import { recorded } from './sample-texts.js';

const source = await openCandidate(model('quill/full-1'), { threads: 1 });
afterAll(() => source.close());

const seeds: number[] = [];
/** The fixture model behind the interface of an endpoint, replies kept short: it knows no one-word answers. */
const chat: ChatCapability = {
  reply: async ({ messages, temperature = 0, seed = 0 }) => {
    const { tokens, sampling } = source.capabilities;
    if (tokens === undefined || sampling === undefined) throw new Error('the fixture model gives text');
    const prompt = messages.map(({ content }) => content).join('\n');
    const ids = (await tokens.encode(prompt)).slice(-16);
    const generated = await sampling.generate(ids, { maxNewTokens: 3, temperature, seed });
    seeds.push(seed);
    const { deltas: _, ...reply } = recorded(await tokens.decode(generated.ids), { finish: 'length' });
    return { ...reply, deltas: [] };
  },
};

const budget = { newTokens: 8, promptTokens: 16, textTokens: 8, latencyRuns: 1, latencyTokens: 8 };
const prompts = ['one', 'two', 'three'].map((id) => ({
  ...{ id, category: 'chat', language: 'en' },
  messages: [{ role: 'user' as const, content: `Tell a story about ${id}.` }],
}));

async function collected<T>(probe: Probe<T>, tier: Suite['tier']): Promise<T> {
  const like: ModelSource = { ...source, capabilities: { chat } };
  const suite = { id: 'test', tier, sha256: '', prompts, texts: [], budget };
  const { probes } = await collectEvidence(like, [probe], {
    ...{
      tool: { name: 'test', version: '0' },
      suite,
      seed: 77,
      collectedAt: '',
      now: () => 0,
      headersOnly: false,
    },
  });
  const status = probes[probe.id];
  if (status?.status !== 'ok') throw new Error(JSON.stringify(status));
  return status.data as T;
}

describe('word-answers', () => {
  it('asks a real model each question as often as planned, in both languages, and never with the same seed', async () => {
    seeds.length = 0;
    const rows = (await collected(wordAnswers, 'standard')) as readonly WordAnswers[];
    expect(rows.map(({ language, task }) => `${language} ${task}`)).toEqual(
      ['en', 'zh'].flatMap((language) =>
        ['animal', 'city', 'number', 'word'].map((task) => `${language} ${task}`),
      ),
    );
    expect(rows.every(({ answers }) => answers.length === 10)).toBe(true);
    expect(new Set(rows.flatMap(({ answers }) => answers)).size).toBeGreaterThan(10);
    expect(new Set(seeds).size).toBe(80);
    expect(
      wordAnswers.cost({ id: '', tier: 'standard', sha256: '', prompts, texts: [], budget }).requests,
    ).toBe(80);
  });

  it('asks nothing at the quick tier', async () => {
    seeds.length = 0;
    expect(await collected(wordAnswers, 'quick')).toEqual([]);
    expect(seeds).toEqual([]);
  });
});

describe('sampled-replies', () => {
  it('draws every sample of every prompt with a seed of its own', async () => {
    seeds.length = 0;
    const rows = (await collected(sampledReplies, 'standard')) as readonly SampledPrompt[];
    expect(rows.map(({ id, replies }) => [id, replies.length])).toEqual(prompts.map(({ id }) => [id, 10]));
    expect(new Set(seeds).size).toBe(30);
  });
});
