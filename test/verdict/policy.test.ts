import type { Evidence, ProbeStatus, ReferenceProfile } from 'model-assay';
import { audit, canonicalJson, collect, loadProfile, score } from 'model-assay';
import { beforeAll, describe, expect, it } from 'vitest';
import { model } from '../support/fixtures.js';

let genuine: Evidence;
let reexported: Evidence;
const profile: ReferenceProfile = loadProfile('quill');

beforeAll(async () => {
  genuine = await collect(model('quill/full-1'), { seed: 3 });
  reexported = await collect(model('quill/full-1-f16'), { seed: 3 });
});

function withProbe(evidence: Evidence, id: string, status: ProbeStatus | undefined): Evidence {
  const { [id]: _gone, ...rest } = evidence.probes;
  return { ...evidence, probes: status ? { ...rest, [id]: status } : rest };
}

/** Probes that show the weights themselves: nothing else is needed to uphold a claim. */
const PROOFS = ['files', 'tensor-digests', 'lineage'];

describe('policy', () => {
  it('does not uphold when a probe failed, whatever the rest says', () => {
    const status: ProbeStatus = { status: 'failed', error: { code: 'RUNTIME_TIMEOUT', message: 'slow' } };
    const { verdict } = score(withProbe(genuine, 'generation', status), { profile });
    expect(verdict.outcome).toBe('inconclusive');
    expect(verdict.reasons.some(({ signal }) => signal === 'generation')).toBe(true);
  });

  it('does not uphold on evidence a seller can fake: shape, tokenizer and precision alone', () => {
    const shapeOnly = ['log-probabilities', ...PROOFS].reduce(
      (evidence, probe) => withProbe(evidence, probe, undefined),
      reexported,
    );
    const { verdict } = score(shapeOnly, { profile });
    expect(verdict.outcome).toBe('inconclusive');
    expect(verdict.wouldDecide.length).toBeGreaterThan(0);
  });

  it('does not uphold a delivery that contradicts itself, and names the contradiction', () => {
    const status = genuine.probes.architecture;
    if (status?.status !== 'ok') throw new Error('fixture has no architecture');
    const data = {
      ...(status.data as object),
      contradictions: [{ fact: 'layers', values: { shapes: 4, config: 61 } }],
    };
    const { verdict } = score(withProbe(genuine, 'architecture', { ...status, data }), { profile });
    expect(verdict.outcome).toBe('inconclusive');
    expect(verdict.reasons.map(({ sentence }) => sentence).join()).toContain('MODEL_CONTRADICTION');
  });

  it('does not accuse on a wrong config.json alone, however much it gets wrong', () => {
    const status = genuine.probes.architecture;
    if (status?.status !== 'ok') throw new Error('fixture has no architecture');
    const facts = ['layers', 'hiddenSize', 'attentionHeads', 'keyValueHeads', 'headDim', 'vocabSize'];
    const wrong = Object.fromEntries(facts.map((name) => [name, { value: 7, from: 'config' }]));
    const data = { ...(status.data as object), ...wrong };
    const silent = { ...genuine, probes: { architecture: { ...status, data } } };
    expect(score(silent, { profile }).verdict.outcome).toBe('inconclusive');
  });

  it('says nothing about a candidate without evidence', () => {
    const { verdict } = score({ ...genuine, probes: {} }, { profile });
    expect(verdict.outcome).toBe('inconclusive');
    expect(verdict.posterior.full).toBeCloseTo(0.5, 6);
  });

  it('turns malformed probe data into errored signals, never into a pass', () => {
    const status: ProbeStatus = { status: 'ok', version: 1, data: { vocabSize: 'many', texts: 7 } };
    const unproved = PROOFS.reduce((evidence, probe) => withProbe(evidence, probe, undefined), reexported);
    const report = score(withProbe(unproved, 'log-probabilities', status), { profile });
    expect(report.signals.filter((signal) => signal.status === 'errored').map(({ id }) => id)).toContain(
      'tokenization',
    );
    expect(report.verdict.outcome).not.toBe('upheld');
  });

  it('refuses a probe version it does not read', () => {
    const status = genuine.probes['log-probabilities'];
    if (status?.status !== 'ok') throw new Error('fixture has no log-probabilities');
    const report = score(withProbe(genuine, 'log-probabilities', { ...status, version: 2 }), { profile });
    expect(report.signals.find(({ id }) => id === 'tail-correlation')?.status).toBe('skipped');
  });

  it('never states certainty, and its posterior sums to one', () => {
    const { verdict } = score(genuine, { profile });
    expect(verdict.confidence).toBeLessThan(1);
    expect(Object.values(verdict.posterior).reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
  });

  it('judges another claim than the full version', async () => {
    const { verdict } = await audit(model('quill/student-1a'), { profile, claim: 'student' });
    expect(verdict).toMatchObject({ outcome: 'upheld', kind: 'distilled', variant: 'student' });
  });

  it('checks acceptance clauses on observed facts', () => {
    const { clauses } = score(genuine, { profile, expect: { attentionHeads: 8, layers: 61 } });
    expect(clauses.map(({ id, passed }) => [id, passed])).toEqual([
      ['attentionHeads', true],
      ['layers', false],
    ]);
  });

  it('gives the same bytes for the same evidence and profile', () => {
    const saved = JSON.parse(canonicalJson(genuine)) as Evidence;
    expect(canonicalJson(score(saved, { profile }))).toBe(canonicalJson(score(genuine, { profile })));
  });
});
