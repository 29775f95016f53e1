import { describe, expect, test } from 'vitest';
import type { ReplyToken, TokenStack } from '../../src/core/types.js';
import { readSpelling } from '../../src/fingerprint/boundaries/spelling.js';
import spelledTokens, { type SpelledReply } from '../../src/fingerprint/probes/spelled-tokens.js';
import tokenStrings from '../../src/fingerprint/signals/token-strings.js';
import type { GreedyReply } from '../../src/replies/probes/greedy-replies.js';
import { capabilities, contextOf, verdictOn } from '../support/endpoint-verdict.js';
import { publicStacks } from '../support/public-stacks.js';

const stacks = publicStacks;
const [deepseek, qwen, llama] = (await Promise.all(
  ['deepseek-v3', 'qwen2.5', 'llama-3'].map((id) => stacks.load(id)),
)) as [TokenStack, TokenStack, TokenStack];

const TEXTS = [
  '清晨的集市上，卖豆腐的老人把秤砣擦得发亮，旁边的孩子数着铜板。',
  'Unrepentant gulls wheeled over the breakwater while the harbourmaster recalculated demurrage.',
  'मछुआरे ने जाल समेटा और किनारे की ओर लौट चला।',
].map((text) => `${text}\n`.repeat(4));

type Give = 'text' | 'bytes' | 'ids';

function tokens(
  text: string,
  stack: TokenStack,
  give: Give,
  idsOf?: ReadonlyMap<string, number>,
): ReplyToken[] {
  const bytes = new TextEncoder().encode(text);
  let start = 0;
  return [...stack.ends(text)].map((end) => {
    const part = bytes.subarray(start, end);
    start = end;
    return {
      text: new TextDecoder().decode(part),
      bytes: give === 'text' ? null : [...part],
      id: give === 'ids' ? (idsOf?.get(`${part}`) ?? null) : null,
      logProb: -1,
      top: [],
    };
  });
}

async function read(stack: TokenStack, give: Give): Promise<readonly SpelledReply[]> {
  const idsOf = new Map<string, number>();
  if (give === 'ids') for (let id = 0; id < 128_000; id++) idsOf.set(`${stack.bytes(id)}`, id);
  const replies = TEXTS.map((text, i) => ({ id: `${i}`, tokens: tokens(text, stack, give, idsOf) }));
  const context = { ...contextOf(1), earlier: () => replies as unknown as readonly GreedyReply[] };
  return spelledTokens.collect(
    capabilities({ stacks }),
    context as typeof context & ReturnType<typeof contextOf>,
  );
}

describe('reported tokens', () => {
  test.each<[string, TokenStack, Give]>([
    ['Qwen with bytes', qwen, 'bytes'],
    ['Llama with bytes', llama, 'bytes'],
    ['Qwen with ids', qwen, 'ids'],
    ['Llama with ids', llama, 'ids'],
  ])('%s: the claim of a full version is refuted', async (_, stack, give) => {
    expect(verdictOn(spelledTokens, await read(stack, give), [tokenStrings]).outcome).toBe('refuted');
  });

  test.each<Give>(['text', 'bytes', 'ids'])(
    'DeepSeek with %s: nothing differs, and nobody is acquitted',
    async (give) => {
      const replies = await read(deepseek, give);
      expect(replies.map(({ readings }) => readings['deepseek-v3']?.differing)).toEqual([0, 0, 0]);
      expect(verdictOn(spelledTokens, replies, [tokenStrings]).outcome).toBe('inconclusive');
    },
  );

  test('no log-probabilities are no guilt', () => {
    expect(verdictOn(spelledTokens, [], [tokenStrings]).results).toMatchObject([{ status: 'skipped' }]);
  });

  test('ids that are constants or positions fit no vocabulary and say nothing', async () => {
    const replies = (await read(deepseek, 'bytes')).map((reply) => ({
      ...reply,
      readings: Object.fromEntries(
        Object.entries(reply.readings).map(([id, r]) => [id, { ...r, ids: r.ends, otherText: r.ends }]),
      ),
    }));
    const [result] = verdictOn(spelledTokens, replies, [tokenStrings]).results;
    const logs = Object.values(result?.status === 'scored' ? result.logLikelihood : { none: 99 });
    expect(Math.max(...logs) - Math.min(...logs)).toBeLessThan(0.01);
  });
});

test('markup and damaged text divide a reply; digits spelled apart are no difference', () => {
  const token = (text: string): ReplyToken => ({ text, bytes: null, id: null, logProb: 0, top: [] });
  const words = tokens(TEXTS[1] ?? '', deepseek, 'text');
  const reply = [
    token('<think>'),
    ...words,
    token('</think>'),
    token('\uFFFD'),
    ...words,
    token('<|im_end|>'),
  ];
  const once = readSpelling(words, deepseek);
  expect(readSpelling(reply, deepseek)).toEqual({ ...once, ends: 2 * once.ends });
  const apart = ['a', ' ', ...'7302915', ' b'].map(token);
  expect(readSpelling(apart, deepseek).differing).toBe(0);
});
