import type { FactValue } from 'model-assay';
import { describe, expect, it } from 'vitest';
import { evidenceOf, factsOf, judged } from './public-models.js';

const only = (facts: Record<string, FactValue>, ...names: string[]): Record<string, FactValue> =>
  Object.fromEntries(Object.entries(facts).filter(([name]) => names.includes(name)));

describe('a student sold as DeepSeek-R1', () => {
  const facts = factsOf('deepseek-r1', 'distill-qwen-32b');
  const { weightBits: _bits, ...stated } = facts;

  it('is refuted by configuration and shard index, with the differences named', () => {
    const index = only(facts, 'layers', 'tensors', 'payloadBytes');
    const { verdict, signals } = judged(evidenceOf({ config: stated, index }), 'deepseek-r1', 'full');
    expect(verdict.outcome).toBe('refuted');
    const [reason] = verdict.reasons;
    expect(reason?.signal).toBe('architecture');
    for (const part of [
      '61 layers (not 64)',
      '128 heads (not 40)',
      'vocabulary 129280 (not 152064)',
      '688,574,839,360 bytes of tensors (not 65,527,752,704)',
    ])
      expect(reason?.sentence).toContain(part);
    const architecture = signals.find(({ id }) => id === 'architecture');
    const against = architecture?.status === 'scored' ? architecture.details : [];
    expect(JSON.stringify(against)).toContain('attentionHeads 40 ≠ 128 (config)');
  });

  it('is named by the bytes of its configuration and index, which its base has not', () => {
    const sha256 = {
      'config.json': '2c003fe40b13d2d1f372254d77177ed753176150f3d424d1b5ad22ff1d78a987',
      'model.safetensors.index.json': '6bd0c2b1bdb158258e07fcfee6e6347edae0540a68c84182e8ef12388158a4e0',
    };
    const files = Object.entries(sha256).map(([path, digest]) => ({ path, bytes: 9, sha256: digest }));
    const index = only(facts, 'layers', 'tensors', 'payloadBytes');
    const { verdict } = judged(evidenceOf({ config: stated, index }, { files }), 'deepseek-r1', 'full');
    expect(verdict).toMatchObject({ outcome: 'refuted', kind: 'distilled', variant: 'distill-qwen-32b' });
  });

  it('is refuted by its tensors alone', () => {
    const shapes = only(facts, 'layers', 'hiddenSize', 'vocabSize', 'intermediateSize', 'qkvBias');
    const { verdict } = judged(evidenceOf({ shapes }), 'deepseek-r1', 'full');
    expect(verdict.outcome).toBe('refuted');
  });

  it('is not refuted by a configuration that lies beside weights nobody read', () => {
    const { verdict } = judged(evidenceOf({ config: stated }), 'deepseek-r1', 'full');
    expect(verdict.outcome).toBe('inconclusive');
  });

  it('is not refuted by a shard index alone, whatever it gets wrong', () => {
    const index = { layers: 12, experts: 8, tiedEmbeddings: true, qkvBias: true };
    const { verdict } = judged(evidenceOf({ index }), 'deepseek-r1', 'full');
    expect(verdict.outcome).toBe('inconclusive');
  });
});

describe('facts that nothing confirms', () => {
  it('do not refute alone', () => {
    const shapes = { vocabSize: 1000, valueHeadDim: 7, tiedEmbeddings: true };
    const { verdict, signals } = judged(evidenceOf({ shapes }), 'deepseek-r1', 'r1-0528');
    expect(verdict.outcome).not.toBe('refuted');
    const architecture = signals.find(({ id }) => id === 'architecture');
    expect(architecture?.status === 'scored' && architecture.logLikelihood['r1-0528']).toBe(
      architecture?.status === 'scored' && architecture.logLikelihood.other,
    );
  });
});

describe('another size of one family', () => {
  it('is refuted', () => {
    const { verdict } = judged(evidenceOf({ shapes: factsOf('qwen3', 'qwen3-8b') }), 'qwen3', 'qwen3-32b');
    expect(verdict.outcome).toBe('refuted');
  });

  it('is refuted where only widths tell them apart', () => {
    const shapes = only(factsOf('qwen2.5', 'qwen2.5-14b'), 'layers', 'intermediateSize', 'vocabSize');
    const { verdict } = judged(evidenceOf({ shapes }), 'qwen2.5', 'qwen2.5-32b');
    expect(verdict.outcome).toBe('refuted');
  });
});
