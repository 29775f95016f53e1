import { type Architecture, type Evidence, loadProfile, PROBES, type Report, score } from 'model-assay';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assemble, scratch } from '../support/exports.js';
import { distanceToTorch, golden, probed, probing } from '../support/measure.js';
import { SharedRuntime } from '../support/shared-runtime.js';

const FULL = { layers: 4, hiddenSize: 64, attentionHeads: 8, keyValueHeads: 4, headDim: 8, vocabSize: 1024 };
const STUDENT = { ...FULL, layers: 2, attentionHeads: 4, keyValueHeads: 2, headDim: 16 };
const FOLIO = { layers: 4, hiddenSize: 96, attentionHeads: 6, keyValueHeads: 6, headDim: 16, vocabSize: 768 };

interface Expectation {
  readonly claim?: string;
  readonly outcome?: string;
  readonly kind?: string;
  readonly profile?: 'quill' | 'folio';
  readonly facts?: Readonly<Record<string, number>>;
  readonly weightBits?: number;
  /** Golden with the same weights, and how far float arithmetic may be from it. */
  readonly golden?: string | null;
  readonly tolerance?: number;
}
/** Facts that an export with its graph intact shows without config.json. */
const SEEN = ['layers', 'hiddenSize', 'attentionHeads', 'keyValueHeads'] as const;
const GROUPED: Expectation = {
  claim: 'student',
  kind: 'distilled',
  facts: STUDENT,
  weightBits: 16,
  golden: 'quill-student-1a',
};
const QUANTIZED: Expectation = { outcome: 'refuted', kind: 'quantized', golden: null };

const CASES: Readonly<Record<string, Expectation>> = {
  root: {},
  split: {},
  half: { weightBits: 16, golden: 'quill-full-1-f16', tolerance: 0.1 },
  // Its noise is that of 8 bits, and no matrix of this graph is found in place of the reference's.
  bfloat16: { weightBits: 16, golden: null, outcome: 'inconclusive', kind: 'unknown' },
  'no-cache': {},
  'no-cache-attention': {},
  'no-mask': {},
  gqa: GROUPED,
  'gqa-packed': GROUPED,
  mha: {},
  standard: {},
  merged: {},
  'odd-names': {},
  underscores: {},
  'batch-1': {},
  window: {},
  // The padding takes some probability.
  'padded-vocab': { weightBits: 16, golden: null },
  'gpt2-packed': { profile: 'folio', facts: FOLIO, golden: 'folio-full-1' },
  int4: { ...QUANTIZED, kind: 'quantized', weightBits: 4 },
  qdq: { ...QUANTIZED, weightBits: 8 },
};

/** What reads text one token at a time is checked against torch's own continuation instead. */
const USED = [
  'files',
  'architecture',
  'quantization',
  'lineage',
  'log-probabilities',
  'attention-statistics',
];
const folder = scratch();
const runtime = new SharedRuntime();
afterAll(() => runtime.close());
const profiles = { quill: loadProfile('quill'), folio: loadProfile('folio') };

describe.each(Object.entries(CASES))('the same model as %s', (name, expected) => {
  const { profile = 'quill', claim = 'full', weightBits = 32, facts = FULL } = expected;
  const reference = expected.golden === undefined ? 'quill-full-1' : expected.golden;
  let evidence: Evidence;
  let report: Report;

  beforeAll(async () => {
    const torch = reference === null ? [] : [probing((asked) => distanceToTorch(asked, reference))];
    const probes = [...PROBES.filter(({ id }) => USED.includes(id)), ...torch];
    evidence = await runtime.collect(assemble(name, folder), { probes });
    report = score(evidence, { profile: profiles[profile], claim });
  });

  it('is judged by what it is', () => {
    expect(report.verdict).toMatchObject({
      outcome: expected.outcome ?? 'upheld',
      kind: expected.kind ?? 'full',
    });
    const statuses = Object.entries(evidence.probes);
    const missing = statuses.filter(([, { status }]) => status !== 'ok').map(([id]) => id);
    expect(missing).toEqual([]);
    const architecture = data<Architecture>(evidence, 'architecture');
    expect(architecture.contradictions).toEqual([]);
    for (const [fact, value] of Object.entries(facts))
      expect.soft(architecture[fact as keyof typeof FULL], fact).toMatchObject({ value });
    expect(architecture.weightBits?.value).toBe(weightBits);
    for (const fact of SEEN) expect.soft(architecture[fact]?.from, fact).not.toBe('config');
  });

  if (reference === null) return;
  it('gives the log-probabilities and the continuation of torch', () => {
    const { last, target, greedy } = probed<Awaited<ReturnType<typeof distanceToTorch>>>(evidence);
    expect(last).toBeLessThan(expected.tolerance ?? 1e-4);
    expect(target).toBeLessThan(expected.tolerance ?? 1e-4);
    expect(greedy).toEqual(golden(reference).greedy);
  });
});

function data<T>({ probes }: Evidence, probe: string): T {
  const status = probes[probe];
  if (status?.status !== 'ok') throw new Error(`${probe}: ${JSON.stringify(status)}`);
  return status.data as T;
}
