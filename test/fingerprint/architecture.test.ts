import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Architecture } from '../../src/core/types.js';
import { readArchitecture } from '../../src/fingerprint/architecture.js';
import { checkpointOf, structureOf } from '../support/checkpoint.js';
import { configOf, publicModels } from '../support/public-shapes.js';
import { sharedData, whySkipped } from '../support/shared-data.js';

const LLAMA = {
  model_type: 'llama',
  hidden_size: 64,
  num_hidden_layers: 3,
  num_attention_heads: 8,
  num_key_value_heads: 4,
  intermediate_size: 96,
  vocab_size: 640,
  tie_word_embeddings: false,
};

function values(architecture: Architecture, from?: string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(architecture).flatMap(([name, fact]) =>
      fact !== null && typeof fact === 'object' && 'from' in fact && (from ?? fact.from) === fact.from
        ? [[name, fact.value]]
        : [],
    ),
  );
}

const contradictions = (config: Record<string, unknown>, lie: Record<string, unknown>) =>
  readArchitecture(structureOf(checkpointOf(config), { config: { ...config, ...lie } })).contradictions;

describe.skipIf(!sharedData)(`public models by names and shapes${whySkipped}`, () => {
  const models = (sharedData ? publicModels() : []).filter(({ id }) => !/0528$|v3-0324|v3\.1/.test(id));

  it.each(models.map((model) => [model.id, model] as const))('%s', (_, model) => {
    const { arch, params } = model;
    const config = configOf(model);
    const fp8 = arch.kind === 'mla_moe';
    const read = readArchitecture(structureOf(checkpointOf(config), { config, fp8 }));
    expect(read.contradictions).toEqual([]);
    expect(values(read, 'shapes')).toMatchObject({
      layers: arch.layers,
      hiddenSize: arch.hidden,
      vocabSize: arch.vocab,
      parameters: params.total,
      tensors: params.tensors,
      weightBits: fp8 ? 8 : 16,
      ...(params.bytes_payload && { payloadBytes: params.bytes_payload }),
      ...(arch.ff && { intermediateSize: arch.ff }),
      ...(arch.experts && {
        experts: arch.experts,
        expertIntermediateSize: arch.ff_expert,
        sharedExperts: arch.experts_shared,
      }),
      ...(arch.qk_norm && {
        attentionHeads: arch.heads,
        keyValueHeads: arch.kv_heads,
        headDim: arch.head_dim,
      }),
      ...(arch.qkv_bias !== undefined && { qkvBias: arch.qkv_bias }),
      ...(fp8 && {
        attentionHeads: 128,
        denseLayers: 3,
        queryLoraRank: 1536,
        keyValueLoraRank: 512,
        qkNopeHeadDim: 128,
        qkRopeHeadDim: 64,
        valueHeadDim: 128,
        predictorLayers: 1,
        routerBias: true,
      }),
    });
    for (const { expected, observed } of read.laws) expect(observed).toBe(expected);
    expect(read.laws.map(({ law }) => law)).toEqual(['parameters', 'tensors', 'payloadBytes']);
    const counted = Object.values(read.uncounted).reduce((sum, count) => sum + count, params.total);
    if (params.hub_total) expect(counted).toBe(params.hub_total);
  });
});

describe('what shapes do not show', () => {
  const entries = checkpointOf(LLAMA);

  it('heads of grouped attention are claimed by nobody without a configuration', () => {
    const read = readArchitecture(structureOf(entries));
    expect(values(read)).toMatchObject({ layers: 3, hiddenSize: 64, vocabSize: 640, intermediateSize: 96 });
    expect([read.attentionHeads, read.keyValueHeads, read.headDim, read.expertsActive]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it('a norm of one head shows them all', () => {
    const qwen = { ...LLAMA, model_type: 'qwen3', head_dim: 16 };
    expect(values(readArchitecture(structureOf(checkpointOf(qwen))), 'shapes')).toMatchObject({
      attentionHeads: 8,
      keyValueHeads: 4,
      headDim: 16,
    });
  });

  it('a norm of the whole projection does not, and neither does a gated query', () => {
    const whole = entries.map(([name, dims]) => [name, dims] as const);
    whole.push(
      ['model.layers.0.self_attn.q_norm.weight', [64]],
      ['model.layers.0.self_attn.k_norm.weight', [32]],
    );
    expect(readArchitecture(structureOf(whole)).headDim).toBeNull();
    const gated = checkpointOf({ ...LLAMA, model_type: 'qwen3', head_dim: 16 }).map(
      ([name, [rows = 0, ...rest]]) =>
        name.includes('q_proj') ? ([name, [2 * rows, ...rest]] as const) : ([name, [rows, ...rest]] as const),
    );
    const config = { ...LLAMA, model_type: 'qwen3_next', head_dim: 16 };
    expect(readArchitecture(structureOf(gated, { config })).contradictions).toEqual([]);
  });

  it('an incomplete set counts nothing', () => {
    const files = [{ path: 'model-00001-of-00002.safetensors', bytes: 100, headerBytes: 8, tensors: 1 }];
    const half = entries.filter(([name]) => /embed|layers\.0/.test(name));
    const read = readArchitecture(structureOf(half, { files }));
    expect([read.layers, read.parameters, read.tensors, read.weightBits]).toEqual([null, null, null, null]);
    expect(read.hiddenSize).toEqual({ value: 64, from: 'shapes' });
  });
});

describe('contradictions', () => {
  it.each<readonly [string, Record<string, unknown>, unknown]>([
    ['layers', { num_hidden_layers: 4 }, { fact: 'layers', values: { shapes: 3, config: 4 } }],
    [
      'hidden size',
      { hidden_size: 80, head_dim: 8 },
      { fact: 'hiddenSize', values: { shapes: 64, config: 80 } },
    ],
    ['width', { intermediate_size: 100 }, { fact: 'intermediateSize', values: { shapes: 96, config: 100 } }],
    [
      'heads',
      { num_attention_heads: 16, head_dim: 8 },
      { fact: 'queryWidth', values: { shapes: 64, config: 128 } },
    ],
    ['KV heads', { num_key_value_heads: 2 }, { fact: 'keyValueWidth', values: { shapes: 32, config: 16 } }],
    ['vocabulary', { vocab_size: 700 }, { fact: 'vocabSize', values: { shapes: 640, config: 700 } }],
  ])('a configuration with other %s', (_, lie, expected) => {
    expect(contradictions(LLAMA, lie)).toEqual([expected]);
  });

  it('one fact per lie about latent attention', () => {
    const r1 = {
      model_type: 'deepseek_v3',
      hidden_size: 64,
      num_hidden_layers: 2,
      num_attention_heads: 4,
      num_key_value_heads: 4,
      q_lora_rank: 24,
      kv_lora_rank: 16,
      qk_nope_head_dim: 8,
      qk_rope_head_dim: 4,
      v_head_dim: 8,
      intermediate_size: 96,
      moe_intermediate_size: 32,
      num_experts: 4,
      n_shared_experts: 1,
      first_k_dense_replace: 1,
      num_nextn_predict_layers: 1,
      vocab_size: 640,
    };
    expect(contradictions(r1, {})).toEqual([]);
    expect(contradictions(r1, { num_attention_heads: 8 })).toEqual([
      { fact: 'attentionHeads', values: { shapes: 4, config: 8 } },
    ]);
    expect(contradictions(r1, { num_experts: 8 })).toEqual([
      { fact: 'experts', values: { shapes: 4, config: 8 } },
    ]);
    expect(contradictions(r1, { num_nextn_predict_layers: 0, num_experts_per_tok: 3 })).toEqual([]);
  });
});

describe('honest differences', () => {
  const entries = checkpointOf(LLAMA);

  it.each<readonly [string, readonly (readonly [string, readonly number[]])[], Record<string, unknown>]>([
    ['a padded vocabulary', entries, { vocab_size: 633 }],
    ['a tied head stored twice', entries, { tie_word_embeddings: true }],
    ['rotary tables', [...entries, ['model.layers.0.self_attn.rotary_emb.inv_freq', [4]]], {}],
    ['masks', [...entries, ['model.layers.0.self_attn.bias', [1, 1, 8, 8]]], {}],
  ])('%s', (_, tensors, change) => {
    const read = readArchitecture(structureOf(tensors, { config: { ...LLAMA, ...change } }));
    expect(read.contradictions).toEqual([]);
  });

  it('a repeated head and rotary tables are named and not counted', () => {
    const config = { ...LLAMA, tie_word_embeddings: true };
    const alone = readArchitecture(structureOf(checkpointOf(config), { config }));
    const both = readArchitecture(
      structureOf([...entries, ['model.layers.0.self_attn.rotary_emb.inv_freq', [4]]], { config }),
    );
    expect(both.parameters).toEqual(alone.parameters);
    expect(both.uncounted).toEqual({ 'repeated-head': 640 * 64, rotary: 4 });
    expect(both.laws.map(({ expected, observed }) => observed - expected)).toEqual([0, 0, 0]);
  });

  it('GGUF metadata of latent attention: one wide key/value head, and per-layer lists', () => {
    const metadata = new Map<string, string | number | readonly number[]>([
      ['general.architecture', 'deepseek2'],
      ['deepseek2.block_count', 3],
      ['deepseek2.attention.head_count', 8],
      ['deepseek2.attention.head_count_kv', 1],
      ['deepseek2.attention.key_length', 576],
      ['deepseek2.attention.key_length_mla', 192],
      ['deepseek2.attention.value_length_mla', 128],
      ['deepseek2.attention.kv_lora_rank', 512],
      ['deepseek2.rope.dimension_count', 64],
      ['deepseek2.feed_forward_length', [96, 96, 96]],
    ]);
    const gguf = structureOf([], { format: 'gguf', files: [], metadata });
    expect(values(readArchitecture(gguf))).toMatchObject({
      family: 'deepseek2',
      attentionHeads: 8,
      keyValueLoraRank: 512,
      qkNopeHeadDim: 128,
      qkRopeHeadDim: 64,
      valueHeadDim: 128,
    });
    expect(readArchitecture(gguf).headDim).toBeNull();
    expect(readArchitecture(gguf).intermediateSize).toBeNull();
  });

  it('Falcon of the first kind has one key/value head, whatever num_kv_heads says', () => {
    const falcon = {
      model_type: 'falcon',
      multi_query: true,
      num_kv_heads: 71,
      num_attention_heads: 71,
      hidden_size: 4544,
    };
    const read = readArchitecture(structureOf([], { files: [], config: falcon }));
    expect(read.keyValueHeads).toEqual({ value: 1, from: 'config' });
    const second = readArchitecture(
      structureOf([], { files: [], config: { ...falcon, new_decoder_architecture: true, num_kv_heads: 8 } }),
    );
    expect(second.keyValueHeads).toEqual({ value: 8, from: 'config' });
  });
});

describe('an index alone', () => {
  it('shows layers, experts, biases and the number of tensors', () => {
    const config = { ...LLAMA, model_type: 'qwen2' };
    const names = checkpointOf(config).map(([name]) => name);
    const index = {
      tensors: new Map(names.map((name) => [name, 'model-00001-of-00001.safetensors'])),
      totalSize: 4096,
    };
    const read = readArchitecture(structureOf([], { files: [], index }));
    expect(values(read, 'index')).toEqual({
      layers: 3,
      predictorLayers: 0,
      qkvBias: true,
      qkNorm: false,
      tensors: names.length,
      payloadBytes: 4096,
    });
  });

  it('with hostile names is no error', () => {
    const names = [
      '__proto__',
      'constructor',
      'model.layers.0',
      '',
      'model.layers.999999.mlp.experts.999999.w1.weight',
    ];
    const index = { tensors: new Map(names.map((name) => [name, '__proto__'])), totalSize: null };
    const read = readArchitecture(structureOf([], { files: [], index, config: LLAMA }));
    expect([read.layers?.from, read.experts, read.shardSizes]).toEqual(['config', null, null]);
  });
});

describe('hostile claims', () => {
  const keys = [
    ...Object.keys(LLAMA),
    'head_dim',
    'kv_lora_rank',
    'num_experts',
    'text_config',
    'quantization_config',
  ];
  const value = fc.oneof(
    fc.constantFrom(0, -1, 1.5, 2 ** 53, 1e308, Number.NaN, null, true, '7', [], [128, 128], {}),
    fc.integer(),
    fc.double(),
  );

  it('a number beyond any integer is no claim', () => {
    const tensors: [string, number[]][] = [['model.layers.2.self_attn.k_proj.weight', [1, 0]]];
    const read = readArchitecture(structureOf(tensors, { config: { ...LLAMA, num_key_value_heads: 1e308 } }));
    expect(read.keyValueHeads).toEqual({ value: 8, from: 'config' });
    expect(JSON.parse(JSON.stringify(read))).toEqual(read);
  });

  it('any configuration beside any tensors is read, and JSON can hold what is read', () => {
    const config = fc.dictionary(fc.constantFrom(...keys), value).map((some) => ({ ...LLAMA, ...some }));
    const dims = fc.array(fc.nat(2 ** 20), { maxLength: 4 });
    const names = checkpointOf(LLAMA).map(([name]) => name);
    const tensors = fc.array(fc.tuple(fc.constantFrom(...names, 'x'), dims), { maxLength: 40 });
    fc.assert(
      fc.property(config, tensors, (claims, entries) => {
        const read = readArchitecture(structureOf(entries, { config: claims }));
        expect(JSON.parse(JSON.stringify(read))).toEqual(read);
      }),
    );
  });
});
