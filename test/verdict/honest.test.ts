import { type FactSource, type FactValue, loadProfile } from 'model-assay';
import { describe, expect, it } from 'vitest';
import { evidenceOf, factsOf, judged, type Shown } from './public-models.js';

const PUBLIC = ['deepseek-r1', 'deepseek-v3', 'qwen2.5', 'qwen3', 'llama-3', 'mixtral', 'phi-3'];
/** Facts that no tensor shows. */
const STATED_ONLY = ['family', 'attentionHeads', 'keyValueHeads', 'headDim', 'expertsActive', 'maxPositions'];

type Facts = Record<string, FactValue>;
const pick = (facts: Facts, stated: boolean): Facts =>
  Object.fromEntries(Object.entries(facts).filter(([name]) => STATED_ONLY.includes(name) === stated));
const without = (facts: Facts, ...names: string[]): Facts =>
  Object.fromEntries(Object.entries(facts).filter(([name]) => !names.includes(name)));

/** Ways in which an honest delivery of one version shows its structure. */
const DELIVERIES: Readonly<Record<string, (facts: Facts) => Partial<Record<FactSource, Shown>>>> = {
  'safetensors and config.json': (facts) => ({ config: pick(facts, true), shapes: pick(facts, false) }),
  'config.json alone': (facts) => ({ config: without(facts, 'weightBits', 'tensors', 'payloadBytes') }),
  'a shard index and config.json': (facts) => ({
    config: facts,
    index: { layers: facts.layers ?? 0, tensors: facts.tensors ?? null },
  }),
  'safetensors without config.json': (facts) => ({ shapes: pick(facts, false) }),
  'repacked shards': (facts) => ({
    config: pick(facts, true),
    shapes: { ...pick(facts, false), payloadBytes: Number(facts.payloadBytes ?? 0) + 4096 },
  }),
  'GGUF in 16 bits': (facts) => ({
    metadata: pick(facts, true),
    shapes: { ...pick(facts, false), weightBits: 16 },
  }),
  'a vocabulary padded to a multiple of 512': (facts) => ({
    shapes: { ...pick(facts, false), vocabSize: Math.ceil((Number(facts.vocabSize) + 1) / 512) * 512 },
  }),
  'a vocabulary cut to the tokenizer': (facts) => ({
    shapes: {
      ...pick(facts, false),
      vocabSize: Number(facts.vocabSize) - (Number(facts.vocabSize) % 8 || 8) + 3,
    },
  }),
  'an output head stored beside a tied embedding': (facts) => ({
    config: pick(facts, true),
    shapes: {
      ...pick(facts, false),
      tiedEmbeddings: false,
      parameters: Number(facts.parameters ?? 0) + Number(facts.vocabSize) * Number(facts.hiddenSize),
    },
  }),
  'an export without its output head': (facts) => ({
    shapes: { ...pick(facts, false), tiedEmbeddings: true },
  }),
  'prediction layers dropped': (facts) => ({
    config: pick(facts, true),
    shapes: { ...pick(facts, false), predictorLayers: 0 },
  }),
  'prediction layers counted in': (facts) => ({
    metadata: { ...pick(facts, true), layers: Number(facts.layers) + Number(facts.predictorLayers ?? 0) },
    shapes: without(pick(facts, false), 'layers'),
  }),
};

const claims = PUBLIC.flatMap((profile) =>
  Object.entries(loadProfile(profile).variants)
    .filter(([, { kind }]) => kind !== 'other' && kind !== 'quantized')
    .filter(([id]) => !id.endsWith('q4_k_m'))
    .map(([variant]) => [profile, variant] as const),
);

describe.each(Object.entries(DELIVERIES))('%s', (_, shown) => {
  it.each(claims)('neither accuses nor acquits %s %s', (profile, variant) => {
    const { verdict, signals } = judged(evidenceOf(shown(factsOf(profile, variant))), profile, variant);
    expect(signals.find(({ id }) => id === 'architecture')?.status).toBe('scored');
    expect([verdict.outcome, verdict.variant]).toEqual(['inconclusive', null]);
  });
});

describe('DeepSeek-R1 converted to GGUF', () => {
  it('has one key/value head, wide keys, no router bias and no prediction layer, and is not accused', () => {
    const facts = without(factsOf('deepseek-r1', 'full'), 'predictorLayers', 'payloadBytes', 'tensors');
    const { verdict } = judged(
      evidenceOf({
        metadata: { family: 'deepseek2', attentionHeads: 128, keyValueHeads: 1, headDim: 576 },
        shapes: {
          ...without(facts, 'family', 'attentionHeads', 'keyValueHeads', 'maxPositions'),
          parameters: 671_026_404_352,
          weightBits: 16,
        },
      }),
      'deepseek-r1',
      'full',
    );
    expect(verdict.outcome).toBe('inconclusive');
    expect(verdict.posterior.full).toBeGreaterThan(0.5);
  });

  it('in four bits is refuted, whoever made it from whichever twin', () => {
    const shapes = { ...pick(factsOf('deepseek-r1', 'full'), false), weightBits: 4 };
    const { verdict } = judged(evidenceOf({ shapes }), 'deepseek-r1', 'full');
    expect(verdict.outcome).toBe('refuted');
    expect(verdict.reasons[0]?.sentence).toContain('Weight precision, against "full": observed 4-bit');
  });
});

describe('relatives of one shape', () => {
  it('V3 sold as R1 is neither upheld nor refuted by its shapes, and the twins are named', () => {
    const facts = factsOf('deepseek-v3', 'full');
    const { verdict } = judged(
      evidenceOf({ shapes: pick(facts, false), config: pick(facts, true) }),
      'deepseek-r1',
      'full',
    );
    expect(verdict.outcome).toBe('inconclusive');
    expect(verdict.wouldDecide[0]?.sentence).toMatch(/"r1-0528".*"v3", "v3-0324", "v3.1"/);
  });

  it('a base sold as its student stays open, and so does the student', () => {
    const facts = factsOf('qwen2.5', 'qwen2.5-32b');
    const { verdict } = judged(evidenceOf({ shapes: facts }), 'deepseek-r1', 'distill-qwen-32b');
    expect(verdict.outcome).toBe('inconclusive');
    expect(verdict.wouldDecide[0]?.sentence).toContain('"qwen2.5-32b"');
  });
});
