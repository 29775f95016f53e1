import { describe, expect, it } from 'vitest';
import { seededRng } from '../../src/core/rng.js';
import type { Measured, VariantView } from '../../src/core/types.js';
import { groupsOf } from '../../src/latency/modality.js';
import streamLatency from '../../src/latency/signals/stream-latency.js';
import { streamOf } from '../../src/latency/stream.js';
import type { GreedyReply } from '../../src/replies/probes/greedy-replies.js';
import { recordedStreams } from '../support/recorded-streams.js';
import { recorded } from '../support/replies.js';
import { sharedData, whySkipped } from '../support/shared-data.js';

const usage = (completionTokens: number, reasoningTokens: number | null = null) => ({
  promptTokens: 5,
  completionTokens,
  reasoningTokens,
  cachedTokens: null,
});

/** A reply whose deltas come `gapMs` apart, half reasoning and half answer. */
function reply(id: string, gapMs: number, given: Partial<GreedyReply> = {}): GreedyReply {
  const deltas = Array.from(
    { length: 12 },
    (_, i) => [100 + i * gapMs, 4, i < 6 ? 'reasoning' : 'text'] as const,
  );
  const timing = { headersMs: 90, endMs: 100 + 11 * gapMs };
  return {
    id,
    language: 'en',
    maxTokens: 64,
    day: '2026-11-22',
    origin: 'https://a.example',
    ...recorded({ deltas, timing, usage: usage(12) }),
    ...given,
  };
}

const many = (gapMs: number, given: Partial<GreedyReply> = {}): GreedyReply[] =>
  Array.from({ length: 8 }, (_, i) => reply(`p${i}`, gapMs + i / 10, given));

const reference = (replies: readonly GreedyReply[]): VariantView => ({
  id: 'full',
  kind: 'full',
  facts: {},
  digests: [],
  runs: [{ artifact: 'a', data: { 'greedy-replies': replies } }],
});

function score(candidate: readonly GreedyReply[], variants: readonly VariantView[] = []): Measured {
  const result = streamLatency.score({ candidate: { 'greedy-replies': candidate }, variants, strangers: [] });
  if (result.status !== 'scored') throw new Error(result.reason);
  return result;
}

const numberOf = ({ details }: Measured, label: string): number | undefined => {
  const row = details.find((detail) => detail.label === label);
  return row?.type === 'number' ? row.value : undefined;
};
const textOf = ({ details }: Measured, label: string): string => {
  const row = details.find((detail) => detail.label === label);
  return row?.type === 'text' ? row.value : '';
};

describe('times of one stream', () => {
  it('follow the definitions', () => {
    const stream = streamOf(reply('a', 10));
    expect(stream).toMatchObject({ ttftMs: 100, totalMs: 210, msPerToken: 10 });
    expect(stream?.tokens).toEqual({ count: 12, by: 'usage' });
    expect(stream?.gaps.map(({ channel }) => channel).filter((channel) => channel === null)).toHaveLength(1);
  });

  it('count reasoning that a server counts apart, and no tokens that nobody counts', () => {
    expect(streamOf(reply('a', 10, { usage: usage(4, 20) }))?.tokens?.count).toBe(24);
    expect(streamOf(reply('a', 10, { usage: usage(24, 20) }))?.tokens?.count).toBe(24);
    expect(streamOf(reply('a', 10, { usage: null }))?.msPerToken).toBeNull();
    const token = { text: 'a', bytes: null, id: null, logProb: -1, top: [] };
    const listed = { usage: null, tokens: [token, token, token] };
    expect(streamOf(reply('a', 10, listed))?.tokens).toEqual({ count: 3, by: 'log-probabilities' });
    expect(streamOf(reply('a', 10, { ...listed, reasoning: 'so' }))?.tokens).toBeNull();
  });

  it('need a stream, and leave out deltas without text', () => {
    expect(streamOf(recorded())).toBeNull();
    expect(streamOf(recorded({ deltas: [[5, 90, 'text']] }))).toBeNull();
    const role = [3, 0, 'text'] as const;
    expect(streamOf(recorded({ deltas: [role, [5, 1, 'text'], [9, 1, 'text']] }))?.ttftMs).toBe(5);
  });
});

describe('latency of streams', () => {
  it('is shown with intervals and weighs nothing', () => {
    const result = score(many(10));
    expect(result.logLikelihood).toEqual({});
    expect(streamLatency.group).toBe('latency');
    const label = 'gap between deltas, median (median of replies)';
    expect(numberOf(result, label)).toBeCloseTo(10.35, 6);
    expect(numberOf(result, `${label}, 95 % from`)).toBeGreaterThanOrEqual(10);
    expect(numberOf(result, `${label}, 95 % to`)).toBeLessThanOrEqual(10.7 + 1e-9);
    expect(numberOf(result, 'speed, median')).toBeCloseTo(1000 / 10.35, 0);
    expect(textOf(result, 'speeds of replies')).toContain('not tested: 8 replies of the 40');
    expect(textOf(result, 'gaps within reasoning')).toContain('one group');
  });

  it('is compared with runs of the same day and address only', () => {
    const same = score(many(10), [reference(many(20))]);
    expect(numberOf(same, 'median gap over that of full')).toBeCloseTo(10.35 / 20.35, 6);
    expect(numberOf(same, 'Kolmogorov–Smirnov p against full')).toBeLessThan(0.001);
    for (const other of [{ day: '2026-11-21' }, { origin: 'https://b.example' }]) {
      const result = score(many(10), [reference(many(20, other))]);
      expect(result.expected).toEqual({});
      expect(textOf(result, 'compared with')).toContain('nothing');
    }
  });

  it('is skipped where nothing was streamed', () => {
    const whole = many(10, { deltas: [[200, 48, 'text']] });
    expect(
      streamLatency.score({ candidate: { 'greedy-replies': whole }, variants: [], strangers: [] }),
    ).toEqual({
      status: 'skipped',
      reason: 'no reply came as a stream of two deltas or more',
    });
  });
});

describe.skipIf(sharedData === undefined)(`streams of a real llama.cpp server${whySkipped}`, () => {
  const streams = recordedStreams().map(({ name, reply: row }) => ({ name, stream: streamOf(row) }));

  it('show two groups of gaps in some streams of one small model, and one in others: sockets, not versions', () => {
    const small = streams.filter(({ name }) => name.startsWith('stories260K'));
    const two = small.flatMap(({ stream }) => {
      const groups = groupsOf(stream?.gaps.map(({ ms }) => ms) ?? [], seededRng(1));
      return groups ? [groups.two] : [];
    });
    expect(two).toHaveLength(7);
    expect(two.filter(Boolean)).toHaveLength(3);
  });

  it('have a median gap per delta near the time per token, where tokens are counted and come one by one', () => {
    const row = streams.find(({ name }) => name === 'stories260K-f32/chat-reasoning-stream')?.stream;
    expect(row?.tokens).toEqual({ count: 24, by: 'usage' });
    expect(row?.msPerToken).toBeCloseTo(0.27, 1);
  });

  it('have phases of unlike speed in a model of random weights, too', () => {
    const row = streams.find(({ name }) => name === 'tiny-r1-distill-qwen/chat-grammar-think-stream')?.stream;
    const median = (channel: 'text' | 'reasoning'): number => {
      const gaps = row?.gaps.filter((gap) => gap.channel === channel).map(({ ms }) => ms) ?? [];
      return gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0;
    };
    expect(median('reasoning') / median('text')).toBeGreaterThan(2);
  });
});
