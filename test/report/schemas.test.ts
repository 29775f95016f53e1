import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { Evidence, Report } from '../../src/core/types.js';
import { renderJson } from '../../src/report/index.js';
import { EXAMPLES, REFUTED } from '../support/example-reports.js';

function validator(name: string) {
  const text = readFileSync(new URL(`../../schemas/${name}.json`, import.meta.url), 'utf8');
  return new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true }).compile(
    JSON.parse(text),
  );
}

const EVIDENCE: Evidence = {
  schema: 'evidence/1',
  tool: { name: 'model-assay', version: '0.1.0' },
  candidate: { kind: 'onnx', label: 'm', digest: null },
  collectedAt: '2026-01-02T03:04:05.000Z',
  environment: { node: '20.20.2', cores: 8 },
  seed: 1,
  suite: { id: 'core', tier: 'quick', sha256: '0'.repeat(64) },
  probes: {
    files: { status: 'ok', version: 1, data: [] },
    latency: { status: 'unavailable', missing: 'sampling' },
    generation: { status: 'failed', error: { code: 'RUNTIME_TIMEOUT', message: 'too slow' } },
  },
  warnings: [],
};

describe('report-1', () => {
  const valid = validator('report-1');

  it.each(Object.entries(EXAMPLES))('accepts the %s example', (_, report) => {
    valid(JSON.parse(renderJson(report)));
    expect(valid.errors).toBeNull();
  });

  it('accepts additions', () => {
    expect(valid({ ...JSON.parse(renderJson(REFUTED)), later: 1 })).toBe(true);
  });

  it.each<[string, object]>([
    ['an unknown outcome', { verdict: { ...REFUTED.verdict, outcome: 'match' } }],
    ['a skipped signal without a reason', { signals: [{ ...REFUTED.signals[3], reason: undefined }] }],
    ['an errored signal without an error', { signals: [{ ...REFUTED.signals[4], error: undefined }] }],
    ['a heatmap that is not a matrix', heatmapOf([1, 2])],
    ['a verdict without what speaks against it', { verdict: { ...REFUTED.verdict, against: undefined } }],
    ['a remedy in bare words', { verdict: { ...REFUTED.verdict, wouldDecide: ['more'] } }],
    [
      'a remedy of negative cost',
      { verdict: { ...REFUTED.verdict, wouldDecide: [{ sentence: 'x', tokens: -1 }] } },
    ],
    ['an accepted rate of nothing', { verdict: { ...REFUTED.verdict, falseAccusationRate: 0 } }],
    ['a missing input digest', { inputs: { evidence: 'x' } }],
  ])('rejects %s', (_, change) => {
    expect(valid(JSON.parse(renderJson({ ...REFUTED, ...change } as Report)))).toBe(false);
  });
});

function heatmapOf(rows: unknown): object {
  return {
    signals: [{ ...REFUTED.signals[0], details: [{ type: 'heatmap', label: 'x', unit: 'bits', rows }] }],
  };
}

describe('evidence-1', () => {
  const valid = validator('evidence-1');

  it('accepts each probe status', () => {
    valid(EVIDENCE);
    expect(valid.errors).toBeNull();
  });

  it.each<[string, object]>([
    ['a failed probe without an error', { probes: { x: { status: 'failed' } } }],
    ['an ok probe without data', { probes: { x: { status: 'ok', version: 1 } } }],
    ['another schema', { schema: 'evidence/2' }],
  ])('rejects %s', (_, change) => {
    expect(valid({ ...EVIDENCE, ...change })).toBe(false);
  });
});
