import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRng } from '../../src/core/rng.js';
import type { ChatRequest, TokenStack } from '../../src/core/types.js';
import { logCut } from '../../src/fingerprint/boundaries/cut.js';
import { explainCut } from '../../src/fingerprint/boundaries/explain-cut.js';
import { cutTasks } from '../../src/fingerprint/boundaries/material.js';
import { edgesOf } from '../../src/fingerprint/boundaries/read-reply.js';
import cutReplies, { type CutReply } from '../../src/fingerprint/probes/cut-replies.js';
import cutTokens from '../../src/fingerprint/signals/cut-tokens.js';
import { betaBinomialLog } from '../../src/stats/beta-binomial.js';
import { type CheatingServer, cheatingServer, cutAt } from '../support/cheating-server.js';
import { capabilities, contextOf, verdictOn } from '../support/endpoint-verdict.js';
import { publicStacks } from '../support/public-stacks.js';

const stacks = publicStacks;
const [deepseek, qwen, llama, cl100k] = (await Promise.all(
  ['deepseek-v3', 'qwen2.5', 'llama-3', 'cl100k'].map((id) => stacks.load(id)),
)) as [TokenStack, TokenStack, TokenStack, TokenStack];

/** Prose that none of the probe's word lists holds. */
const CHINESE =
  '天亮以前，老陈已经把院子扫了两遍。他说夜里起过风，槐树的叶子落得到处都是，可是我一声也没有听见。厨房里的水烧开了，' +
  '他往两只搪瓷缸里各抓了一把茶叶，又从柜子上取下那台旧收音机，慢慢地拧着旋钮，直到里面有人开始报天气。';
const write = (prompt: string): string => `${CHINESE.slice(prompt.length % 40)}${prompt}${CHINESE}`.repeat(4);

async function collect(server: Partial<CheatingServer>, seed = 5): Promise<readonly CutReply[]> {
  const chat = cheatingServer({ stack: deepseek, write, ...server });
  return cutReplies.collect(capabilities({ chat, stacks }), contextOf(seed));
}
async function outcomeOf(server: Partial<CheatingServer>): Promise<string> {
  return verdictOn(cutReplies, await collect(server), [cutTokens]).outcome;
}

describe('replies cut at a cap, no usage', () => {
  test.each([
    ['Qwen', qwen],
    ['Llama', llama],
  ])('%s cuts by its own tokens: the claim of a full version is refuted', async (_, stack) => {
    expect(await outcomeOf({ stack })).toBe('refuted');
  });

  test('DeepSeek cuts by its own tokens: its count is the cap in every reply', async () => {
    const replies = await collect({});
    expect(
      replies.map(({ readings, maxTokens }) => (readings['deepseek-v3']?.tokens ?? 0) - maxTokens),
    ).toEqual(replies.map(() => 0));
    expect(verdictOn(cutReplies, replies, [cutTokens]).outcome).toBe('inconclusive');
  });

  test.each<[string, Partial<CheatingServer>]>([
    ['by tokens of cl100k', { cut: (text, cap) => cutAt(text, cl100k, cap) }],
    ['by characters', { cut: (text, cap) => [...text].slice(0, cap).join('') }],
    [
      'by words',
      {
        cut: (text, cap) =>
          text
            .split(/(?<=\s)/)
            .slice(0, cap)
            .join(''),
      },
    ],
    ['by four characters a token', { cut: (text, cap) => text.slice(0, 4 * cap) }],
    ['at another cap', { cut: (text) => cutAt(text, deepseek, 150) }],
    ['one token later', { cut: (text, cap) => cutAt(text, deepseek, cap + 1) }],
  ])('an honest server that cuts %s moves nothing', async (_, server) => {
    const { outcome, results } = verdictOn(cutReplies, await collect(server), [cutTokens]);
    expect(outcome).toBe('inconclusive');
    const [result] = results;
    const logs = result?.status === 'scored' ? result.logLikelihood : {};
    expect(Math.max(...Object.values(logs)) - (logs.full ?? 0)).toBeLessThan(1);
  });

  test('hidden reasoning that is counted makes a reply uninformative, not guilty', async () => {
    const usage = { promptTokens: 9, completionTokens: 200, reasoningTokens: 120, cachedTokens: null };
    const { results } = verdictOn(cutReplies, await collect({ stack: qwen, usage }), [cutTokens]);
    expect(results).toMatchObject([
      { status: 'skipped', reason: expect.stringContaining('0 of the replies') },
    ]);
  });

  test('a model that spells digits apart is not taken for Qwen', async () => {
    const digits = (): string => '7302915846'.repeat(60);
    const cut = (text: string, cap: number): string => text.slice(0, cap);
    expect(await outcomeOf({ write: digits, cut })).toBe('inconclusive');
  });

  test('what a gateway says of the end does not hide where it is', async () => {
    expect(await outcomeOf({ stack: qwen, finish: null })).toBe('refuted');
  });
});

test('counts that are near tell a public tokenizer from nobody, and far ones do', () => {
  const session = (o200k: readonly number[], qwen: readonly number[]) =>
    explainCut(
      o200k.map((off, i) => {
        const reading = (tokens: number) => {
          return { tokens, digitsApart: tokens, edges: 0, inside: 0, insideNumbers: 0, missing: 0 };
        };
        const readings = { o200k: reading(200 + off), 'qwen2.5': reading(200 + (qwen[i] ?? 0)) };
        return { text: 'x', reasoning: '', finish: 'length', maxTokens: 200, readings };
      }),
    ).by;
  const near = session([-1, -3, -2, -2], [0, 0, 0, 0]);
  expect(near.o200k).toBeGreaterThanOrEqual(near['qwen2.5'] ?? 0);
  const far = session([-1, 14, -2, 11], [0, 0, 0, 0]);
  expect((far['qwen2.5'] ?? 0) - (far.o200k ?? 0)).toBeGreaterThan(10);
});

describe('the probe', () => {
  test('asks seven things within its budget, with caps that differ', async () => {
    const seen: ChatRequest[] = [];
    await collect({ seen });
    const spent = seen.reduce(
      (sum, { messages, maxTokens }) => sum + qwen.count(messages[0]?.content ?? '') + maxTokens,
      0,
    );
    expect(seen).toHaveLength(7);
    expect(spent).toBeLessThan(2_140);
    expect(new Set(seen.map(({ maxTokens }) => maxTokens)).size).toBeGreaterThan(1);
  });

  test('another seed asks other things', () => {
    const prompts = (seed: number): string[] => cutTasks(7, seededRng(seed)).map(({ prompt }) => prompt);
    expect(prompts(1)).toEqual(prompts(1));
    expect(prompts(1).filter((prompt) => prompts(2).includes(prompt))).toEqual([]);
  });
});

describe('numbers', () => {
  test.each([
    // scipy.stats.betabinom.logpmf, SciPy 1.17.1
    [0, 10, 1, 1, -2.3978952727983707],
    [3, 40, 0.5, 200, -6.681182861362853],
    [0, 951, 0.5, 200, -0.8755509192234392],
    [23, 1000, 0.5, 200, -7.2587456496268885],
    [500, 1000, 2, 3, -6.504287177522942],
    [10000, 10000, 0.5, 200, -984.0450343311034],
  ])('beta-binomial %i of %i', (k, n, a, b, expected) => {
    expect(betaBinomialLog(k, n, a, b)).toBeCloseTo(expected, 9);
  });

  test('one shared distance costs less than a different one in each reply', () => {
    const counts = (offs: readonly number[]) =>
      offs.map((off) => ({ shape: '', off, cap: 200, stray: 0.015 }));
    expect(logCut(counts([-2, -2, -2, -2]))).toBeGreaterThan(logCut(counts([0, -4, 0, -4])));
  });

  test('the chances of one reply sum to at most one', () => {
    const total = Array.from({ length: 2_001 }, (_, i) => i - 1_000).reduce(
      (sum, off) => sum + Math.exp(logCut([{ shape: '', off, cap: 500, stray: 0 }])),
      0,
    );
    expect(total).toBeGreaterThan(0.97);
    expect(total).toBeLessThan(1.03);
  });
});

test('edges are those of the text, whatever pieces a server sends', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 5 }), { maxLength: 8 }), (pieces) => {
      const deltas = pieces.map((text) => ({ atMs: 0, channel: 'text' as const, text }));
      const text = pieces.join('');
      const edges = edgesOf({ text, reasoning: '', deltas }, 'text');
      expect(edges.every((edge) => edge > 0 && edge < text.length)).toBe(true);
      expect(edgesOf({ text: `${text}x`, reasoning: '', deltas }, 'text')).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
