import { collect } from 'model-assay';
import { describe, expect, it } from 'vitest';
import { model } from '../support/fixtures.js';

describe('collection limits', () => {
  it('leave out what is too dear, and what depends on it, and say so', async () => {
    const evidence = await collect(model('quill/student-1a'), { maxTokens: 500 });
    expect(Object.keys(evidence.probes).sort()).toEqual([
      'architecture',
      'files',
      'lineage',
      'log-probabilities',
      'quantization',
      'tensor-digests',
    ]);
    const left = evidence.warnings.filter((warning) => warning.includes('was left out'));
    expect(left.map((warning) => warning.split(' ')[1]).sort()).toEqual([
      'attention-statistics',
      'generation',
      'latency',
      'repetition',
    ]);
  });

  it('run a probe that another uses even when only the other was asked for', async () => {
    const evidence = await collect(model('quill/student-1a'), { only: ['repetition'] });
    expect(evidence.probes.repetition?.status).toBe('ok');
    expect(evidence.probes.generation?.status).toBe('ok');
  });
});
