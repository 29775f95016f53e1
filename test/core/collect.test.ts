import { expect, it } from 'vitest';
import { collectEvidence } from '../../src/core/collect.js';
import type { Capabilities, Evidence, ModelSource, Probe } from '../../src/core/types.js';

const source: ModelSource = {
  kind: 'onnx',
  label: 'model',
  capabilities: { tokens: {} as Capabilities['tokens'] },
  maxPositions: undefined,
  warnings: [],
  environment: () => ({}),
  close: async () => undefined,
};
const probe = (id: string, more: Partial<Probe>): Probe => ({
  id,
  version: 1,
  requires: [],
  cost: () => ({ requests: 0, tokens: 0 }),
  collect: async () => id,
  ...more,
});
const collected = (
  probes: readonly Probe[],
  decided?: (evidence: Evidence, unfinished?: Probe) => boolean,
): Promise<Evidence> =>
  collectEvidence(source, probes, {
    tool: { name: 'test', version: '0' },
    suite: {
      id: 'test',
      tier: 'quick',
      sha256: '',
      prompts: [],
      texts: [],
      budget: { newTokens: 1, promptTokens: 1, textTokens: 1, latencyRuns: 1, latencyTokens: 1 },
    },
    seed: 0,
    collectedAt: '',
    now: () => 0,
    headersOnly: false,
    decided,
  });

/** Gathers numbers until there are enough or all of them. */
const counting = (total: number): Probe =>
  probe('counting', {
    collect: async (_, { enough }) => {
      const numbers: number[] = [];
      while (numbers.length < total) {
        numbers.push(numbers.length);
        if (enough(numbers)) break;
      }
      return numbers;
    },
  });
const countOf = ({ probes }: Evidence): number =>
  probes.counting?.status === 'ok' ? (probes.counting.data as number[]).length : 0;

it('looks at each of the first items, and then as they grow by an eighth', async () => {
  const looks: number[] = [];
  const evidence = await collected([counting(300)], (seen, unfinished) => {
    if (unfinished) looks.push(countOf(seen));
    return false;
  });
  expect(looks.slice(0, 9)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(looks.length).toBeLessThan(45);
  expect(looks.every((count, i) => i === 0 || count <= Math.ceil((looks[i - 1] ?? 0) * 1.125))).toBe(true);
  expect(countOf(evidence)).toBe(300);
});

it('ends a probe that has enough, and tells why the others did not run', async () => {
  const seen: string[] = [];
  const ran = (id: string, more: Partial<Probe> = {}): Probe =>
    probe(id, {
      ...more,
      collect: async () => {
        seen.push(id);
        return id;
      },
    });
  const first = counting(300);
  const evidence = await collected(
    [
      first,
      ran('later'),
      ran('using', { uses: [first] }),
      ran('of no such candidate', { requires: ['logits'] }),
    ],
    (now) => countOf(now) >= 5,
  );
  expect(countOf(evidence)).toBe(5);
  expect(seen).toEqual([]);
  const decided = { status: 'unavailable', missing: 'the case was decided before this probe' };
  expect(evidence.probes).toMatchObject({
    later: decided,
    using: decided,
    'of no such candidate': { status: 'unavailable', missing: 'onnx candidates give no logits' },
  });
});

it('hands every look, and every later probe, the numbers that will be saved', async () => {
  const third = 1 / 3;
  const saved = 0.333333333333;
  const looked: unknown[] = [];
  const first = probe('first', {
    collect: async (_, { enough }) => {
      enough([third, Number.NaN]);
      return [third];
    },
  });
  const second = probe('second', { uses: [first], collect: async (_, { earlier }) => earlier(first) });
  const evidence = await collected([first, second], ({ probes }) => {
    looked.push(probes.first?.status === 'ok' && probes.first.data);
    return false;
  });
  expect(looked).toEqual([[saved, null], [saved], [saved]]);
  expect(evidence.probes.second).toMatchObject({ data: [saved] });
});

it('asks everything where nobody decides', async () => {
  expect(countOf(await collected([counting(20)]))).toBe(20);
});
