import { describe, expect, test } from 'vitest';
import { AssayError } from '../../src/core/errors.js';
import { seededRng } from '../../src/core/rng.js';
import type { ChatRequest, TokenStack } from '../../src/core/types.js';
import { biasWords, ID_LIMIT, LEAST_ID, spokenBy } from '../../src/fingerprint/boundaries/bias-words.js';
import biasedTokens, { type BiasedAnswer } from '../../src/fingerprint/probes/biased-tokens.js';
import biasedTokensSignal from '../../src/fingerprint/signals/biased-tokens.js';
import { cheatingServer } from '../support/cheating-server.js';
import { capabilities, contextOf, verdictOn } from '../support/endpoint-verdict.js';
import { publicStacks } from '../support/public-stacks.js';

const stacks = publicStacks;
const [deepseek, qwen, llama] = (await Promise.all(
  ['deepseek-v3', 'qwen2.5', 'llama-3'].map((id) => stacks.load(id)),
)) as [TokenStack, TokenStack, TokenStack];

async function collect(
  stack: TokenStack,
  bias: 'obeyed' | 'ignored',
  seen: ChatRequest[] = [],
): Promise<readonly BiasedAnswer[]> {
  const chat = cheatingServer({ stack, bias, seen, write: () => '' });
  return biasedTokens.collect(capabilities({ chat, stacks }), contextOf(2));
}

describe('biased ids', () => {
  test.each([
    ['Qwen', qwen],
    ['Llama', llama],
  ])('%s obeys with its own words: the claim of a full version is refuted', async (_, stack) => {
    expect(verdictOn(biasedTokens, await collect(stack, 'obeyed'), [biasedTokensSignal]).outcome).toBe(
      'refuted',
    );
  });

  test('DeepSeek obeys with its own words, which acquits nobody', async () => {
    const { outcome, results } = verdictOn(biasedTokens, await collect(deepseek, 'obeyed'), [
      biasedTokensSignal,
    ]);
    expect(outcome).toBe('inconclusive');
    const logs = results[0]?.status === 'scored' ? results[0].logLikelihood : {};
    expect((logs.full ?? 0) - (logs['distill-qwen-7b'] ?? 0)).toBeLessThan(2);
    expect((logs.full ?? 0) - (logs['distill-qwen-7b'] ?? 0)).toBeGreaterThan(1);
  });

  test('a server that ignores the field says nothing', async () => {
    expect(
      verdictOn(biasedTokens, await collect(qwen, 'ignored'), [biasedTokensSignal]).results,
    ).toMatchObject([{ status: 'skipped', reason: expect.stringContaining('does not obey logit_bias') }]);
  });

  test('a server that refuses the field makes the probe unavailable', async () => {
    const reply = async (): Promise<never> => {
      throw new AssayError('ENDPOINT_UNSUPPORTED', 'logit_bias is not supported', {});
    };
    await expect(
      biasedTokens.collect(capabilities({ chat: { reply }, stacks }), contextOf(1)),
    ).rejects.toMatchObject({
      code: 'ENDPOINT_UNSUPPORTED',
    });
  });

  test('one word of another vocabulary is luck', async () => {
    const answers = (await collect(qwen, 'obeyed')).map((answer, i) =>
      i === 0 ? answer : { ...answer, answer: 'Snow' },
    );
    expect(verdictOn(biasedTokens, answers, [biasedTokensSignal]).outcome).toBe('inconclusive');
  });

  test('two requests of one token', async () => {
    const seen: ChatRequest[] = [];
    await collect(deepseek, 'obeyed', seen);
    expect(seen.map(({ maxTokens }) => maxTokens)).toEqual([1, 1]);
  });
});

describe('chosen words', () => {
  test('no id outside of the safe range is ever drawn, whatever a tokenizer lists', () => {
    const careless: TokenStack = { ...qwen, words: () => [5, 31_999, 32_000, 151_643, 1.5, Number.NaN] };
    const drawn = biasWords([careless], 10, seededRng(1)).map(({ id }) => id);
    expect(drawn.every((id) => id >= LEAST_ID && id < ID_LIMIT)).toBe(true);
    expect(ID_LIMIT).toBe(32_000);
    const many = biasWords([deepseek, qwen, llama], 500, seededRng(3));
    expect(many.length).toBeGreaterThan(100);
    for (const { id, words } of many) {
      expect(id).toBeGreaterThanOrEqual(LEAST_ID);
      expect(id).toBeLessThan(ID_LIMIT);
      expect(new Set(Object.values(words)).size).toBe(3);
    }
  });

  test("an auditor's copy of a public tokenizer does not silence the probe", () => {
    const copy: TokenStack = { ...qwen, id: 'mine' };
    expect(Object.keys(biasWords([deepseek, qwen, llama, copy], 3, seededRng(4))[0]?.words ?? {})).toEqual([
      'deepseek-v3',
      'qwen2.5',
      'llama-3',
    ]);
  });

  test('a word counts repeated, spaced or in capitals, and not inside another', () => {
    const word = { id: 1_000, words: { a: 'marble', b: 'copper' } };
    expect(spokenBy(' Coppercopper', word)).toBe('b');
    expect(spokenBy('A copper kettle', word)).toBeNull();
  });
});
