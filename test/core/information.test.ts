import fc from 'fast-check';
import { expect, it } from 'vitest';
import { byInformation } from '../../src/core/information.js';
import type { Probe, Signal, Suite } from '../../src/core/types.js';

const suite: Suite = {
  id: 'test',
  tier: 'quick',
  sha256: '',
  prompts: [],
  texts: [],
  budget: { newTokens: 1, promptTokens: 1, textTokens: 1, latencyRuns: 1, latencyTokens: 1 },
};
const probe = (id: string, tokens: number, more: Partial<Probe> = {}): Probe => ({
  id,
  version: 1,
  requires: [],
  cost: () => ({ requests: 0, tokens }),
  collect: async () => null,
  ...more,
});
const signal = (id: string, group: string, ...needs: readonly Probe[]): Signal => ({
  id,
  title: id,
  group,
  spoofing: 'costly',
  needs,
  score: () => ({ status: 'skipped', reason: 'not asked' }),
});
const order = (
  probes: readonly Probe[],
  signals: readonly Signal[],
  nats: Readonly<Record<string, number>>,
) => byInformation(probes, suite, signals, ({ id }) => nats[id] ?? 0).map(({ id }) => id);

const [cheap, dear] = [probe('cheap', 100), probe('dear', 1000)];

it('asks what tells most per token first', () => {
  const signals = [signal('a', 'a', cheap), signal('b', 'b', dear)];
  expect(order([cheap, dear], signals, { a: 1, b: 9 })).toEqual(['cheap', 'dear']);
  expect(order([cheap, dear], signals, { a: 1, b: 11 })).toEqual(['dear', 'cheap']);
});

it('counts a group once: what repeats an earlier probe adds nothing', () => {
  const [first, again, other] = [probe('first', 100), probe('again', 110), probe('other', 1000)];
  const signals = [signal('a', 'same', first), signal('b', 'same', again), signal('c', 'else', other)];
  expect(order([again, other, first], signals, { a: 9, b: 9, c: 1 })).toEqual(['first', 'other', 'again']);
});

it('asks what costs no tokens first, and facts before weights, however little they tell', () => {
  const facts = probe('facts', 0);
  const files = probe('files', 0, { requires: ['files'] });
  const weights = probe('weights', 0, { reads: 'weights' });
  const signals = [signal('a', 'a', cheap), signal('w', 'w', weights), signal('f', 'f', files)];
  expect(order([cheap, weights, files, facts], signals, { a: 50, w: 2, f: 1 })).toEqual([
    'facts',
    'weights',
    'files',
    'cheap',
  ]);
});

it('counts with a probe what those it uses cost and tell, and asks what is then free at once', () => {
  const derived = probe('derived', 0, { uses: [dear] });
  const signals = [signal('a', 'a', cheap), signal('d', 'd', derived)];
  expect(order([derived, cheap], signals, { a: 1, d: 5 })).toEqual(['cheap', 'dear', 'derived']);
  expect(order([derived, cheap], signals, { a: 1, d: 50 })).toEqual(['dear', 'derived', 'cheap']);
});

it('keeps every probe once and none before one it uses', () => {
  const plans = fc.array(
    fc.record({
      tokens: fc.constantFrom(0, 1, 10, 500),
      uses: fc.array(fc.nat(20), { maxLength: 3 }),
      nats: fc.integer({ min: 0, max: 20 }),
      group: fc.nat(3),
      weights: fc.boolean(),
    }),
    { minLength: 1, maxLength: 9 },
  );
  fc.assert(
    fc.property(plans, (plan) => {
      const probes: Probe[] = [];
      for (const [i, { tokens, uses, weights }] of plan.entries()) {
        const used = [...new Set(uses.filter((at) => at < i))].flatMap((at) => probes[at] ?? []);
        probes.push(probe(`p${i}`, tokens, { uses: used, ...(weights ? { reads: 'weights' } : {}) }));
      }
      const signals = plan.map(({ group }, i) => signal(`s${i}`, `g${group}`, probes[i] as Probe));
      const nats = Object.fromEntries(plan.map((each, i) => [`s${i}`, each.nats]));
      const found = order(probes, signals, nats);
      expect([...found].sort()).toEqual(probes.map(({ id }) => id).sort());
      for (const { id, uses = [] } of probes)
        for (const used of uses) expect(found.indexOf(used.id)).toBeLessThan(found.indexOf(id));
    }),
  );
});
