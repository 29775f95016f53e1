import { describe, expect, it, vi } from 'vitest';
import { audit, type Evidence, type ProgressEvent, type ReferenceProfile } from '../../dist/esm/index.js';
import type { AttentionEvidence } from '../../src/attention/probes/attention-statistics.js';
import { audited, dataOf, FREE, quill, withoutFacts } from '../support/audited.js';
import { model } from '../support/fixtures.js';

vi.setConfig({ testTimeout: 120_000 });

const ATTENTION = [
  'attention-entropy',
  'first-token-mass',
  'head-dispersion',
  'head-similarity',
  'layer-profile',
];

describe('an open case', () => {
  it('is asked everything, and is the complete audit', async () => {
    const only = ['log-probabilities', 'attention-statistics'];
    const [decided, complete] = [
      await audited(model('quill/full-1-int8'), { only, profile: withoutFacts(quill) }),
      await audited(model('quill/full-1-int8'), { only, profile: withoutFacts(quill), stop: 'complete' }),
    ];
    expect(decided.report.verdict.outcome).toBe('inconclusive');
    expect(decided.evidence.probes).toEqual(complete.evidence.probes);
    expect(dataOf<AttentionEvidence>(decided.evidence, 'attention-statistics')?.prompts).toHaveLength(8);
  });
});

describe('order', () => {
  it('follows what the profile measured', async () => {
    const power = (nats: number) => ({ runs: 3, noise: 0, power: { full: nats } });
    const measured = (logProbabilities: number): ReferenceProfile => ({
      ...withoutFacts(quill),
      calibration: {
        ...Object.fromEntries(ATTENTION.map((id) => [id, power(0.5)])),
        ...Object.fromEntries(
          ['log-probability-distance', 'tail-correlation', 'tokenization'].map((id) => [
            id,
            power(logProbabilities),
          ]),
        ),
      },
    });
    const only = ['log-probabilities', 'attention-statistics'];
    const ran = async (logProbabilities: number): Promise<readonly string[]> =>
      (await audited(model('quill/full-1-int8'), { only, profile: measured(logProbabilities) })).ran;
    expect(await ran(9)).toEqual(['architecture', 'log-probabilities', 'attention-statistics']);
    expect(await ran(0)).toEqual(['architecture', 'attention-statistics', 'log-probabilities']);
  });

  it('is kept within a budget: what does not fit is left out, and says so', async () => {
    const { report, evidence } = await audited(model('quill/full-3'), { maxTokens: 383 });
    expect(evidence.probes['log-probabilities']).toBeUndefined();
    expect(report.warnings.filter((text) => text.includes('was left out')).length).toBeGreaterThan(2);
    const tight = await audited(model('quill/full-1'), { maxTokens: 384 });
    expect(tight.ran).toContain('log-probabilities');
    expect(tight.ran).not.toContain('attention-statistics');
    expect(tight.report.verdict.outcome).toBe('upheld');
  });
});

describe('an audit that is interrupted', () => {
  it('keeps what it has, and calls nothing decided', async () => {
    const controller = new AbortController();
    const onProgress = (event: ProgressEvent): void => {
      if (event.type === 'probe-progress' && event.probe === 'log-probabilities') controller.abort();
    };
    const caught: { code?: string; partial?: Evidence } = await audited(model('quill/student-1c'), {
      signal: controller.signal,
      onProgress,
    }).then(
      () => ({}),
      (error: { code?: string; partial?: Evidence }) => error,
    );
    expect(caught.code).toBe('ABORTED');
    expect(Object.keys(caught.partial?.probes ?? {})).toEqual(FREE);
    expect(Object.values(caught.partial?.probes ?? {}).map(({ status }) => status)).not.toContain(
      'unavailable',
    );
  });
});

describe('what cannot be stopped early', () => {
  it('is an audit with references, which are asked what the candidate answered', async () => {
    const references = [{ variant: 'full', candidate: model('quill/full-1') }];
    await expect(audit('/nowhere', { profile: quill, references, stop: 'decided' })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('references'),
    });
  });

  it('is an audit of a claim nobody knows: it does not begin', async () => {
    await expect(audit('/nowhere', { profile: quill, claim: 'none' })).rejects.toMatchObject({
      code: 'USAGE',
    });
  });
});
