import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { TokenStack } from '../../src/core/types.js';
import { readReply } from '../../src/fingerprint/boundaries/read-reply.js';
import { readCharacters, readEdges } from '../../src/fingerprint/boundaries/spans.js';
import cutReplies, { type CutReply } from '../../src/fingerprint/probes/cut-replies.js';
import tokenEdges from '../../src/fingerprint/signals/token-edges.js';
import { type CheatingServer, cheatingServer, tokensOf } from '../support/cheating-server.js';
import { capabilities, contextOf, verdictOn } from '../support/endpoint-verdict.js';
import { publicStacks } from '../support/public-stacks.js';
import { shared, sharedData, whySkipped } from '../support/shared-data.js';

const stacks = publicStacks;
const [deepseek, qwen, llama, cl100k] = (await Promise.all(
  ['deepseek-v3', 'qwen2.5', 'llama-3', 'cl100k'].map((id) => stacks.load(id)),
)) as [TokenStack, TokenStack, TokenStack, TokenStack];

const PROSE =
  '河水在桥下转了一个弯，两岸的柳树都向同一边倾斜。The ferryman counted his passengers twice, unconvinced. ' +
  'ठंडी हवा पहाड़ों से उतर रही थी और बच्चे आग के पास बैठे थे। 他把缆绳重新系好，告诉我们今晚不会再有船了。';
const write = (prompt: string): string => `${PROSE}${prompt}`.repeat(6);

async function collect(server: Partial<CheatingServer>): Promise<readonly CutReply[]> {
  const chat = cheatingServer({ stack: deepseek, write, ...server });
  return cutReplies.collect(capabilities({ chat, stacks }), contextOf(3));
}

/** What the edges say for the best version over the full one, in nats; null when they say nothing. */
async function against(server: Partial<CheatingServer>): Promise<number | null> {
  const [result] = verdictOn(cutReplies, await collect(server), [tokenEdges]).results;
  if (result?.status !== 'scored') return null;
  const logs = Object.values(result.logLikelihood);
  return Math.max(...logs) - (result.logLikelihood.full ?? 0);
}

describe('edges of a stream', () => {
  test.each([
    ['Qwen', qwen, 'distill-qwen-7b'],
    ['Llama', llama, 'distill-llama-8b'],
  ])('one token of %s a piece contradicts DeepSeek', async (_, stack, variant) => {
    const [result] = verdictOn(cutReplies, await collect({ stack }), [tokenEdges]).results;
    const logs = result?.status === 'scored' ? result.logLikelihood : {};
    expect((logs[variant] ?? 0) - (logs.full ?? 0)).toBeGreaterThan(3);
  });

  test('tokens of DeepSeek have no edge inside them', async () => {
    const replies = await collect({});
    expect(replies.map(({ readings }) => readings['deepseek-v3']?.inside)).toEqual(replies.map(() => 0));
    expect(await against({})).toBeLessThan(0.01);
  });

  test.each<[string, (text: string) => readonly string[]]>([
    ['single characters', (text) => [...text]],
    ['tokens of cl100k', (text) => tokensOf(text, cl100k)],
    ['eight characters', (text) => text.match(/.{1,8}/gsu) ?? []],
    ['words between spaces', (text) => text.split(/(?<=\s)/)],
    [
      'pairs of its own tokens',
      (text) => tokensOf(text, deepseek).map((t, i, all) => (i % 2 ? '' : t + (all[i + 1] ?? ''))),
    ],
    [
      'words of a segmenter',
      (text) =>
        [...new Intl.Segmenter('zh', { granularity: 'word' }).segment(text)].map(({ segment }) => segment),
    ],
  ])('an honest server that sends %s is not accused', async (_, pieces) => {
    expect(await against({ pieces })).toBeLessThan(1.5);
  });

  test('a reply as one piece says nothing', async () => {
    expect(await against({ stack: qwen, pieces: (text) => [text] })).toBeNull();
  });
});

test('a character held back until it is whole is an edge before it', () => {
  const text = 'a🜂b';
  const ends = [1, 3, 5, 6];
  expect(readEdges(text, [1, 3], ends)).toEqual({ edges: 2, inside: 0, insideNumbers: 0, missing: 0 });
  expect(readEdges('1234', [1, 3], [3, 4])).toEqual({ edges: 2, inside: 1, insideNumbers: 1, missing: 0 });
  expect(readCharacters('中文字ab', [1])).toEqual({ edges: 2, inside: 1, insideNumbers: 0, missing: 0 });
});

describe.skipIf(!sharedData)(`recorded streams${whySkipped}`, () => {
  const recorded = (file: string, key: string): string[] =>
    readFileSync(shared(`sse/${file}`), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('data: {'))
      .map((line) => JSON.parse(line.slice(6)).choices?.[0]?.delta?.[key])
      .filter((piece) => typeof piece === 'string' && piece !== '');

  test.each([
    ['deepseek-reasoner-stream-2025__1.sse', 'reasoning_content', 'deepseek-v3'],
    ['groq-thinking-iter__2.sse', 'reasoning', 'llama-3'],
  ])('%s is cut between its own tokens', (file, key, own) => {
    const deltas = recorded(file, key).map((text) => ({ atMs: 0, channel: 'reasoning' as const, text }));
    const reply = { text: '', reasoning: deltas.map(({ text }) => text).join(''), deltas };
    const reading = readReply(reply, [deepseek, qwen, llama])[own];
    expect(reading?.edges).toBeGreaterThan(150);
    expect((reading?.inside ?? 1) / (reading?.edges ?? 1)).toBeLessThan(0.005);
  });
});
