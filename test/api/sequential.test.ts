import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type Evidence, PROBES, type Probe, score } from '../../dist/esm/index.js';
import { canonicalJson } from '../../src/core/canonical-json.js';
import {
  type Audited,
  audited,
  DECIDED,
  FREE,
  folio,
  passages,
  quill,
  withoutFacts,
} from '../support/audited.js';
import { model } from '../support/fixtures.js';
import { candidate } from '../support/hostile-candidates.js';
import { parseModel, writeModel } from '../support/onnx-edit.js';

vi.setConfig({ testTimeout: 120_000 });

const probe = (id: string): Probe => PROBES.find((each) => each.id === id) as Probe;

/** A probe that asks the same, of a model that breaks down after so many passages. */
const breaking = (after: number): Probe => {
  const genuine = probe('log-probabilities');
  return {
    ...genuine,
    collect: (capabilities, context) => {
      let left = after;
      const { logits } = capabilities;
      return genuine.collect(
        {
          ...capabilities,
          logits: {
            ...logits,
            score: (...asked) => {
              if (left-- === 0) throw new Error('the runtime broke down');
              return logits.score(...asked);
            },
          },
        },
        context,
      );
    },
  };
};
const instead = (replaced: Probe): Probe[] =>
  PROBES.map((each) => (each.id === replaced.id ? replaced : each));

let student: Promise<Audited> | undefined;
const studentDecided = (): Promise<Audited> => {
  student ??= audited(model('quill/student-1c'));
  return student;
};

describe.each([
  ['quill', 'quill/student-1c', 'refuted', 'distilled'],
  ['quill', 'quill/scratch-2', 'refuted', 'other'],
  ['quill', 'quill/full-1-f16', 'upheld', 'full'],
  ['folio', 'folio/student-1a', 'refuted', 'distilled'],
  ['folio', 'folio/full-2', 'refuted', 'other'],
  ['folio', 'folio/full-1-attn', 'upheld', 'full'],
] as const)('by profile %s, %s', (name, candidate, outcome, kind) => {
  const profile = { quill, folio }[name];
  let decided: Audited;
  beforeAll(async () => {
    decided = await (candidate === 'quill/student-1c'
      ? studentDecided()
      : audited(model(candidate), { profile }));
  });

  it(`is ${outcome} with fewer passages than a complete audit takes, and the same verdict`, async () => {
    const complete = await audited(model(candidate), { profile, stop: 'complete' });
    for (const { report } of [decided, complete]) expect(report.verdict).toMatchObject({ outcome, kind });
    expect(passages(complete.evidence)).toBe(8);
    expect(passages(decided.evidence)).toBeLessThan(8);
    for (const dear of ['generation', 'attention-statistics', 'latency'])
      expect(decided.evidence.probes[dear]).toEqual(DECIDED);
    expect(decided.report.warnings).toEqual(complete.report.warnings);
  });

  it('scores to the same report from its evidence alone', () => {
    const { report, evidence } = decided;
    const saved = JSON.parse(canonicalJson(evidence)) as Evidence;
    expect(canonicalJson(score(saved, { profile }))).toBe(canonicalJson(report));
    expect(Object.keys(evidence.probes)).toEqual(Object.keys(saved.probes));
  });
});

describe('an upheld claim', () => {
  it('was not decided before everything free and the model itself had spoken', async () => {
    const { report, evidence, ran } = await audited(model('quill/full-1'));
    // Its digest alone would do: files that anybody can copy.
    const { verdict } = score(
      { ...evidence, probes: { files: evidence.probes.files ?? DECIDED } },
      { profile: quill },
    );
    expect(verdict.outcome).toBe('upheld');
    expect(report.verdict.outcome).toBe('upheld');
    expect(ran).toEqual([
      'architecture',
      'quantization',
      'files',
      'lineage',
      'tensor-digests',
      'log-probabilities',
    ]);
    expect(passages(evidence)).toBe(1);
  });

  it('is not what genuine weights under another graph get', async () => {
    const graph = parseModel(readFileSync(`${model('quill/full-1')}/onnx/model.onnx`));
    for (const node of graph.graph.nodes) if (node.op === 'Sigmoid') node.op = 'Tanh';
    const folder = candidate({ 'onnx/model.onnx': writeModel(graph) }, 'quill/full-1');
    const { report, evidence } = await audited(folder);
    const free = Object.fromEntries(FREE.map((id) => [id, evidence.probes[id] ?? DECIDED]));
    expect(score({ ...evidence, probes: free }, { profile: quill }).verdict.outcome).toBe('upheld');
    expect(passages(evidence)).toBeGreaterThan(0);
    const complete = await audited(folder, { stop: 'complete' });
    expect(report.verdict.outcome).toBe(complete.report.verdict.outcome);
  });

  it('is not what a model gets that breaks down, and nothing is left out', async () => {
    const only = ['log-probabilities', 'attention-statistics'];
    const whole = await audited(model('quill/full-1-f16'), { only });
    expect(whole.report.verdict.outcome).toBe('upheld');
    expect(passages(whole.evidence)).toBeGreaterThan(0);
    const { report, evidence } = await audited(model('quill/full-1-f16'), {
      only,
      probes: instead(breaking(0)),
    });
    expect(evidence.probes['log-probabilities']?.status).toBe('failed');
    expect(evidence.probes['attention-statistics']?.status).toBe('ok');
    expect(report.verdict.outcome).toBe('inconclusive');
    expect(
      report.verdict.reasons.some(({ sentence }) => sentence.includes('log-probabilities probe failed')),
    ).toBe(true);
  });

  it('is not what a model gets whose weights could not be read', async () => {
    const broken: Probe = {
      ...probe('lineage'),
      collect: () => Promise.reject(new Error('the disk broke down')),
    };
    const { report, evidence } = await audited(model('quill/full-1'), { probes: instead(broken) });
    expect(report.verdict.outcome).toBe('inconclusive');
    expect(Object.values(evidence.probes).filter(({ status }) => status === 'unavailable')).toEqual([]);
  });
});

describe('a refuted claim', () => {
  it('stops within the passages', async () => {
    const { report, evidence } = await audited(model('folio/student-1a'), {
      profile: withoutFacts(folio),
      only: ['log-probabilities', 'attention-statistics'],
    });
    expect(report.verdict).toMatchObject({ outcome: 'refuted', kind: 'distilled' });
    expect(passages(evidence)).toBe(1);
    expect(evidence.probes['attention-statistics']).toEqual(DECIDED);
  });

  it('goes on for a name: shapes tell that it is another model, and not which', async () => {
    const { report, evidence } = await studentDecided();
    const shapes = score(
      { ...evidence, probes: { architecture: evidence.probes.architecture ?? DECIDED } },
      { profile: quill },
    );
    expect(shapes.verdict).toMatchObject({ outcome: 'refuted', kind: 'unknown' });
    expect(report.verdict.kind).toBe('distilled');
  });

  it('still measures what a clause asks for', async () => {
    const { report } = await audited(model('quill/full-2'), {
      only: ['files', 'architecture'],
      expect: { attentionHeads: 4, layers: 4 },
    });
    expect(report.verdict.outcome).toBe('refuted');
    expect(report.clauses.map(({ observed }) => observed)).not.toContain('not measured');
  });
});
