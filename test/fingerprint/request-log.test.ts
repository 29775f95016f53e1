import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRng } from '../../src/core/rng.js';
import type { VariantView } from '../../src/core/types.js';
import type {
  CountedAnswer,
  CountedPrompt,
  RequestLogEvidence,
} from '../../src/fingerprint/probes/request-log.js';
import requestLog from '../../src/fingerprint/signals/request-log.js';

const STACKS = ['cl100k', 'deepseek-v3', 'llama-3', 'o200k', 'qwen2.5'];
const variant = (id: string, kind: VariantView['kind'], tokenStack: string): VariantView => ({
  id,
  kind,
  tokenStack,
  facts: {},
  digests: [],
  runs: [],
});
const variants = [
  variant('full', 'full', 'deepseek-v3'),
  variant('qwen', 'distilled', 'qwen2.5'),
  variant('llama', 'distilled', 'llama-3'),
];

/** Counts of a text under five tokenizers that differ by a few tokens, as on documents with figures. */
const countsOf = (rng: () => number): number[] => {
  const base = 100 + Math.floor(150 * rng());
  return STACKS.map(() => base + Math.floor(12 * rng()));
};
const promptsBy = (
  reported: (counts: readonly number[], index: number, rng: () => number) => number,
  n = 12,
  seed = 1,
): CountedPrompt[] => {
  const rng = seededRng(seed);
  return Array.from({ length: n }, (_, index) => {
    const plain = countsOf(rng);
    return { line: index + 1, form: 'u', characters: 500, plain, reported: reported(plain, index, rng) };
  });
};
const log = (
  prompts: readonly CountedPrompt[],
  answers: readonly CountedAnswer[] = [],
): RequestLogEvidence => ({
  requests: prompts.length,
  skipped: {},
  excluded: {},
  stacks: STACKS,
  prompts,
  answers,
});
const at = (id: string): number => STACKS.indexOf(id);
const by =
  (id: string, overhead = 4) =>
  (counts: readonly number[]): number =>
    (counts[at(id)] ?? 0) + overhead;
/** Nats for one variant over another. */
const forOver = (data: RequestLogEvidence, one: string, other: string): number => {
  const measured = requestLog.score({ candidate: { 'request-log': data }, variants, strangers: [] });
  if (measured.status !== 'scored') throw new Error(measured.reason);
  return (measured.logLikelihood[one] ?? 0) - (measured.logLikelihood[other] ?? 0);
};

describe('what a tokenizer’s counts say', () => {
  test('another model’s tokenizer refutes by the policy’s 2e-5, and the claimed one acquits by little', () => {
    const qwen = forOver(log(promptsBy(by('qwen2.5'))), 'qwen', 'full');
    expect(qwen).toBeGreaterThan(9);
    expect(qwen).toBeLessThan(11);
    const full = forOver(log(promptsBy(by('deepseek-v3'))), 'full', 'qwen');
    expect(full).toBeGreaterThan(0.5);
    expect(full).toBeLessThan(2);
  });

  test('overheads of any size say the same', () => {
    for (const overhead of [0, 5, 30, 2000])
      expect(forOver(log(promptsBy(by('qwen2.5', overhead))), 'qwen', 'full')).toBeGreaterThan(9);
  });

  test.each<[string, (counts: readonly number[], index: number, rng: () => number) => number]>([
    ['cl100k', by('cl100k')],
    ['o200k', by('o200k')],
    ['cl100k, then o200k', (counts, index) => by(index < 6 ? 'cl100k' : 'o200k')(counts)],
    ['either, by chance', (counts, _, rng) => by(rng() < 0.5 ? 'cl100k' : 'o200k')(counts)],
    [
      'cl100k with odd requests',
      (counts, _, rng) => by('cl100k')(counts) + (rng() < 0.2 ? Math.floor(300 * rng()) : 0),
    ],
    ['a rough estimate', (_counts, _, rng) => 120 + Math.floor(100 * rng())],
    ['a constant', () => 17],
    ['half its own, half cl100k', (counts, index) => by(index % 2 ? 'cl100k' : 'deepseek-v3')(counts)],
    ['its own, rounded', (counts) => 10 * Math.round(by('deepseek-v3')(counts) / 10)],
    [
      'its own, with a clock in a hidden prompt',
      (counts, _, rng) => by('deepseek-v3', 40 + Math.floor(5 * rng()))(counts),
    ],
    [
      'its own, with retrieved texts',
      (counts, _, rng) => by('deepseek-v3', Math.floor(3000 * rng()))(counts),
    ],
  ])('%s does not refute the full model', (_name, reported) => {
    for (const n of [12, 60])
      for (let seed = 0; seed < 20; seed++) {
        const data = log(promptsBy(reported, n, seed));
        // A claim is refuted beyond 6.9 nats at even odds.
        expect(forOver(data, 'qwen', 'full')).toBeLessThan(6.9);
        expect(forOver(data, 'llama', 'full')).toBeLessThan(6.9);
      }
  });

  test('a few overheads are as good as one; requests of each form have their own', () => {
    const replicas = promptsBy((counts, index) => by('qwen2.5', index % 3 === 0 ? 3 : 5)(counts));
    expect(forOver(log(replicas), 'qwen', 'full')).toBeGreaterThan(9);
    const forms = replicas.map((prompt, index) => ({ ...prompt, form: index % 3 === 0 ? 'u' : 'su' }));
    expect(forOver(log(forms), 'qwen', 'full')).toBeGreaterThan(9);
  });

  test('texts that all tokenizers count alike say nothing', () => {
    const same = promptsBy(() => 0).map((prompt) => ({
      ...prompt,
      plain: STACKS.map(() => prompt.plain[0] ?? 0),
      reported: (prompt.plain[0] ?? 0) + 4,
    }));
    expect(Math.abs(forOver(log(same), 'qwen', 'full'))).toBeLessThan(0.5);
  });

  test('trimmed texts are told from plain ones', () => {
    const trimmed = promptsBy(() => 0).map((prompt, index) => {
      const shorter = prompt.plain.map((tokens) => tokens - (index % 4));
      return { ...prompt, trimmed: shorter, reported: (shorter[at('deepseek-v3')] ?? 0) + 4 };
    });
    expect(forOver(log(trimmed), 'full', 'qwen')).toBeGreaterThan(0);
  });
});

describe('answers', () => {
  const answersBy = (
    reported: (text: readonly number[], reasoning: readonly number[], rng: () => number) => number,
  ): CountedAnswer[] => {
    const rng = seededRng(7);
    return Array.from({ length: 12 }, (_, index) => {
      const [text, reasoning] = [countsOf(rng), countsOf(rng)];
      return { line: index + 1, characters: 900, text, reasoning, reported: reported(text, reasoning, rng) };
    });
  };
  const of = (id: string, counts: readonly number[]): number => counts[at(id)] ?? 0;

  test('with or without their reasoning, they say what prompts say', () => {
    const whole = answersBy((text, reasoning) => of('llama-3', text) + of('llama-3', reasoning) + 1);
    const alone = answersBy((text) => of('llama-3', text) + 1);
    for (const answers of [whole, alone])
      expect(forOver(log([], answers), 'llama', 'full')).toBeGreaterThan(8);
  });

  test('counts of reasoning that the log does not hold say nothing', () => {
    const hidden = answersBy((text, _, rng) => of('deepseek-v3', text) + 100 + Math.floor(2000 * rng()));
    for (const id of ['qwen', 'llama'])
      expect(Math.abs(forOver(log([], hidden), id, 'full'))).toBeLessThan(3);
  });

  test('an answer now and then in other tokens accuses nobody', () => {
    const odd = answersBy(
      (text, reasoning, rng) =>
        of('deepseek-v3', text) +
        of('deepseek-v3', reasoning) +
        1 +
        (rng() < 0.3 ? 1 + Math.floor(3 * rng()) : 0),
    );
    for (const id of ['qwen', 'llama']) expect(forOver(log([], odd), id, 'full')).toBeLessThan(0);
  });
});

test('order of requests does not matter', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 0, max: 40 }), (seed, overhead) => {
      const prompts = promptsBy(by('qwen2.5', overhead), 10, seed);
      expect(forOver(log([...prompts].reverse()), 'qwen', 'full')).toBeCloseTo(
        forOver(log(prompts), 'qwen', 'full'),
        6,
      );
    }),
    { numRuns: 20, seed: 1 },
  );
});

test('too few requests, and a profile without tokenizers, are skipped with the reason', () => {
  const score = (data: RequestLogEvidence, of: readonly VariantView[]): unknown =>
    requestLog.score({ candidate: { 'request-log': data }, variants: of, strangers: [] });
  expect(score(log(promptsBy(by('qwen2.5'), 5)), variants)).toEqual({
    status: 'skipped',
    reason: '4 of 5 requests can be compared and at least 5 are needed',
  });
  const { tokenStack: _none, ...plain } = variants[0] as VariantView;
  expect(score(log(promptsBy(by('qwen2.5'))), [plain])).toMatchObject({
    status: 'skipped',
    reason: expect.stringContaining('names no tokenizer'),
  });
});
