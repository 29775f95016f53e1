import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AssayError } from '../../src/core/errors.js';
import { seededRng } from '../../src/core/rng.js';
import { runSignals, viewsOf } from '../../src/core/run-signals.js';
import type {
  Capabilities,
  ChatRequest,
  Evidence,
  ProbeContext,
  TokenStack,
  Verdict,
} from '../../src/core/types.js';
import specialTokensProbe from '../../src/fingerprint/probes/special-tokens.js';
import tokenCountsProbe, { type TokenCounts } from '../../src/fingerprint/probes/token-counts.js';
import specialTokensSignal from '../../src/fingerprint/signals/special-tokens.js';
import tokenStackSignal from '../../src/fingerprint/signals/token-stack.js';
import { divide } from '../../src/fingerprint/token-counts/mixed.js';
import { logExact, logOverhead } from '../../src/fingerprint/token-counts/overheads.js';
import { readVocabulary } from '../../src/formats/vocabulary/read.js';
import { stackOf } from '../../src/formats/vocabulary/stack.js';
import { readProfile } from '../../src/profile/load.js';
import { judge } from '../../src/verdict/policy.js';

const ROOT = join(import.meta.dirname, '../..');
const IDS = ['cl100k', 'deepseek-v3', 'llama-3', 'o200k', 'qwen2.5'];
const STACKS = new Map<string, TokenStack>(
  IDS.map((id) => [id, stackOf(readVocabulary(readFileSync(join(ROOT, `tokenizers/${id}.vocab`)), id))]),
);
const PROFILE = readProfile(readFileSync(join(ROOT, 'profiles/deepseek-r1.yaml'), 'utf8'), 'deepseek-r1');
const by = (id: string): TokenStack => STACKS.get(id) as TokenStack;

/** Prompt tokens for a message, by its number; null for no usage. */
type Counter = (text: string, at: number) => number | null;
type Tier = 'quick' | 'standard' | 'deep';

function capabilities(count: Counter, refuse?: (request: ChatRequest) => boolean): Capabilities {
  let at = 0;
  const reply = async (request: ChatRequest) => {
    if (refuse?.(request)) throw new AssayError('ENDPOINT_UNSUPPORTED', 'max_tokens is too small');
    const promptTokens = count(request.messages[0]?.content ?? '', at++);
    return {
      model: 'm',
      quirks: [],
      usage:
        promptTokens === null
          ? null
          : { promptTokens, completionTokens: 1, reasoningTokens: null, cachedTokens: null },
    };
  };
  return {
    chat: { reply },
    stacks: { ids: IDS, load: async (id: string) => by(id) },
  } as unknown as Capabilities;
}

const context = (tier: Tier, seed: number): ProbeContext =>
  ({ suite: { tier }, rng: seededRng(seed), progress: () => {} }) as unknown as ProbeContext;

function verdictOf(probes: Record<string, unknown>, claim = 'full') {
  const evidence = {
    candidate: { kind: 'endpoint', label: 'test', digest: null },
    probes: Object.fromEntries(
      Object.entries(probes).map(([id, data]) => [id, { status: 'ok', version: 1, data }]),
    ),
  } as unknown as Evidence;
  const signals = [tokenStackSignal, specialTokensSignal].filter(({ needs }) =>
    needs.every(({ id }) => id in probes),
  );
  const results = runSignals(evidence, PROFILE, signals);
  const verdict: Verdict = judge(evidence, PROFILE, claim, results, viewsOf(PROFILE, []).variants);
  return { result: results[0], verdict };
}

async function session(count: Counter, tier: Tier = 'quick', seed = 1, claim = 'full') {
  const data = await tokenCountsProbe.collect(capabilities(count), context(tier, seed));
  return { data, ...verdictOf({ 'token-counts': data }, claim) };
}

const observed = (result: { status: string; observed?: string; reason?: string } | undefined): string =>
  result?.observed ?? result?.reason ?? '';

describe('three requests', () => {
  test.each([1, 2, 3, 4, 5, 6])('stay within 600 tokens under every stack, seed %i', async (seed) => {
    const { data } = await session((text) => by('deepseek-v3').count(text) + 6, 'quick', seed);
    expect(data.requests).toHaveLength(3);
    expect(data.maxTokens).toBe(1);
    for (const id of IDS) {
      const total = data.requests.reduce((sum, { counts }) => sum + (counts[id] ?? 0) + 30, 0);
      expect(total).toBeLessThanOrEqual(600);
    }
  });

  test.each([
    ['qwen2.5', 7],
    ['llama-3', 4],
    ['qwen2.5', 912],
    ['llama-3', 33],
  ] as const)('refute "full" where %s counted with an overhead of %i', async (stack, overhead) => {
    for (let seed = 1; seed <= 5; seed++) {
      const { verdict, result } = await session((text) => by(stack).count(text) + overhead, 'quick', seed);
      expect(verdict.outcome).toBe('refuted');
      const students = Object.entries(verdict.posterior).filter(([id]) => id.startsWith('distill'));
      expect(students.reduce((sum, [, share]) => sum + share, 0)).toBeGreaterThan(0.5);
      expect(observed(result)).toBe(`counts as ${stack} does on 3 of 3 requests`);
    }
  });

  test.each([
    ['its own tokenizer', (text: string) => by('deepseek-v3').count(text) + 4],
    ['cl100k', (text: string) => by('cl100k').count(text) + 11],
    ['o200k', (text: string) => by('o200k').count(text) + 3],
    ['characters/4', (text: string) => Math.ceil(text.length / 4)],
    ['two overheads', (text: string, at: number) => by('deepseek-v3').count(text) + (at === 1 ? 300 : 4)],
  ])('do not refute "full" where %s counted', async (_name, count) => {
    for (let seed = 1; seed <= 5; seed++)
      expect((await session(count, 'quick', seed)).verdict.outcome).not.toBe('refuted');
  });

  test('a match acquits nobody', async () => {
    const { verdict } = await session((text) => by('deepseek-v3').count(text) + 4);
    expect(verdict.posterior.full).toBeLessThan(0.99);
  });

  test('a gateway that counts with cl100k is named, and says nothing', async () => {
    const { result } = await session((text) => by('cl100k').count(text) + 3);
    expect(observed(result)).toMatch(/cl100k .*own counter, which says nothing/);
    const logs = result?.status === 'scored' ? result.logLikelihood : {};
    const known = Object.values(logs);
    expect(Math.max(...known) - Math.min(...known)).toBeLessThan(0.7);
  });

  test.each([
    ['no usage', () => null],
    ['zeros', () => 0],
    ['one number', () => 42],
  ])('with %s say why they say nothing', async (_name, count) => {
    const { result, verdict } = await session(count, 'standard');
    expect(result?.status).toBe('skipped');
    expect(verdict.outcome).toBe('inconclusive');
  });

  test('ask for more tokens where one is refused', async () => {
    const data = await tokenCountsProbe.collect(
      capabilities(
        (text) => by('deepseek-v3').count(text),
        ({ maxTokens }) => maxTokens < 16,
      ),
      context('quick', 1),
    );
    expect(data.maxTokens).toBe(16);
    expect(data.requests).toHaveLength(3);
  });
});

describe('some requests of another model', () => {
  test.each(['qwen2.5', 'llama-3'])('one of 30 that %s counted refutes', async (stack) => {
    const { verdict, result } = await session(
      (text, at) => by(at === 20 ? stack : 'deepseek-v3').count(text) + 5,
      'standard',
      3,
    );
    expect(verdict.outcome).toBe('refuted');
    expect(observed(result)).toBe(
      `counts as deepseek-v3 does on 29 of 30 requests and as ${stack} does on 1`,
    );
  });

  test.each([
    [
      'a replica with a hidden prompt',
      (text: string, at: number) => by('deepseek-v3').count(text) + (at === 20 ? 57 : 5),
    ],
    [
      'a replica that counts with cl100k',
      (text: string, at: number) => by(at === 20 ? 'cl100k' : 'deepseek-v3').count(text) + 5,
    ],
    [
      'a prompt changed midway',
      (text: string, at: number) => by('deepseek-v3').count(text) + (at < 14 ? 5 : 41),
    ],
    [
      'a retry that counts twice',
      (text: string, at: number) => by('deepseek-v3').count(text) * (at === 20 ? 2 : 1),
    ],
    [
      'a replica of characters/4',
      (text: string, at: number) =>
        at % 9 === 4 ? Math.ceil(text.length / 4) : by('deepseek-v3').count(text) + 5,
    ],
    ['overheads off by one', (text: string, at: number) => by('deepseek-v3').count(text) + 5 + (at % 3)],
  ])('%s accuses nobody', async (_name, count) => {
    expect((await session(count, 'standard', 3)).verdict.outcome).not.toBe('refuted');
  });
});

describe('special tokens', () => {
  const asked = async (count: Counter) =>
    verdictOf({
      'special-tokens': await specialTokensProbe.collect(capabilities(count), context('quick', 1)),
    });

  test('of Qwen’s vocabulary refute a DeepSeek model', async () => {
    const { verdict } = await asked((text) => by('qwen2.5').countSpecial(text) + 9);
    expect(verdict.outcome).toBe('refuted');
  });
  test('of its own do not', async () => {
    const { verdict, result } = await asked((text) => by('deepseek-v3').countSpecial(text) + 9);
    expect(result?.status).toBe('scored');
    expect(verdict.outcome).not.toBe('refuted');
  });
  test.each(['qwen2.5', 'cl100k'])('counted as text by %s say nothing', async (id) => {
    const { result } = await asked((text) => by(id).count(text) + 9);
    expect(result?.status).toBe('skipped');
  });
});

describe('likelihoods', () => {
  test('overheads sum to one', () => {
    let sum = 0;
    for (let tokens = -(2 ** 17); tokens <= 2 ** 17; tokens++) sum += Math.exp(logOverhead(tokens));
    expect(sum).toBeGreaterThan(0.97);
    expect(sum).toBeLessThan(1.03);
  });

  test('the order of requests does not matter', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -50, max: 300 }), { minLength: 2, maxLength: 12 }), (values) => {
        expect(logExact([...values].reverse())).toBeCloseTo(logExact(values), 9);
      }),
      { numRuns: 50 },
    );
  });

  test('a session is divided where the first tokenizer has no like of a request and the second has', () => {
    expect(divide([5, 5, 5, 5, -40, 99], [50, 61, 33, 70, 5, 7]).second).toEqual([4]);
    expect(divide([5, 5, 5, 5], [5, 5, 5, 5]).second).toEqual([]);
  });
});

test('evidence is plain JSON', async () => {
  const { data } = await session((text) => by('deepseek-v3').count(text) + 4);
  expect(JSON.parse(JSON.stringify(data)) as TokenCounts).toEqual(data);
});
