import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import attentionStatistics from '../../src/attention/probes/attention-statistics.js';
import { runSignals } from '../../src/core/run-signals.js';
import type { Evidence, ReferenceProfile, SignalResult } from '../../src/core/types.js';
import { SIGNALS } from '../../src/registry.js';
import { weigh } from '../../src/verdict/weigh.js';
import { evidence } from './evidence.js';

const READERS = SIGNALS.filter(({ needs }) => needs.includes(attentionStatistics));
const SOUND = evidence({
  layers: [
    [0.9, 0.8],
    [0.3, 0.6],
  ],
});
const SUITE = { id: 'x', tier: 'quick', sha256: 'x' };

function results(candidate: unknown, reference: unknown): SignalResult[] {
  const seen: Evidence = {
    schema: 'evidence/1',
    tool: { name: 'x', version: '0' },
    candidate: { kind: 'onnx', label: 'x', digest: null },
    collectedAt: '',
    environment: {},
    seed: 0,
    suite: SUITE,
    probes: {
      'attention-statistics': { status: 'ok', version: attentionStatistics.version, data: candidate },
    },
    warnings: [],
  };
  const run = { artifact: 'a', seed: 0, environment: {}, probes: { 'attention-statistics': reference } };
  const profile: ReferenceProfile = {
    schema: 'profile/1',
    id: 'x',
    suite: SUITE,
    variants: { full: { kind: 'full', facts: { layers: 2, attentionHeads: 2 }, digests: [], runs: [run] } },
  };
  return runSignals(seen, profile, READERS);
}

function sound(found: readonly SignalResult[]): void {
  const { posterior } = weigh(found, { full: 0.5, other: 0.5 });
  for (const p of Object.values(posterior)) expect(p > 0 && p < 1).toBe(true);
}

/** The evidence with one of its parts, anywhere inside, replaced. */
function replaced(value: unknown, path: readonly number[], by: unknown): unknown {
  if (path.length === 0 || typeof value !== 'object' || value === null) return by;
  const keys = Object.keys(value);
  const key = keys[(path[0] ?? 0) % Math.max(1, keys.length)];
  if (key === undefined) return by;
  const changed = replaced(value[key as keyof typeof value], path.slice(1), by);
  return Array.isArray(value)
    ? value.map((item, i) => (String(i) === key ? changed : item))
    : { ...value, [key]: changed };
}

const GARBAGE = fc.oneof(
  fc.constantFrom<unknown>(
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -1e308,
    1e308,
    -3,
    '0.5',
    null,
    true,
    {},
    [],
  ),
  fc.constantFrom<unknown>(
    [[0.5]],
    [['0.5', '0.5']],
    [
      [0.5, 0.5],
      [0.5, null],
    ],
    { length: 2 },
    'x'.repeat(99),
  ),
  fc.jsonValue(),
);

describe('hostile attention evidence', () => {
  it('is not taken for a match', () => {
    expect(results(SOUND, SOUND).map(({ status }) => status)).toEqual(READERS.map(() => 'scored'));
    const broken = { ...SOUND, prompts: SOUND.prompts.map((prompt) => ({ ...prompt, headSimilarity: [] })) };
    for (const result of results(broken, SOUND))
      expect(result).toMatchObject({ status: 'errored', error: { code: 'EVIDENCE_INVALID' } });
  });

  it('in a reference counts as no reference', () => {
    const old = { layers: 2, headCount: [2, 2], prompts: [] };
    for (const result of results(SOUND, old))
      expect(result.status).toBe(result.group === 'attention' ? 'skipped' : 'scored');
  });

  it('neither throws nor moves the verdict out of bounds, on either side', () => {
    const path = fc.array(fc.nat({ max: 12 }), { maxLength: 6 });
    fc.assert(
      fc.property(path, GARBAGE, fc.boolean(), (where, by, candidate) => {
        const broken = replaced(SOUND, where, by);
        sound(candidate ? results(broken, SOUND) : results(SOUND, broken));
        sound(results(broken, broken));
      }),
      { numRuns: 500 },
    );
  });
});
