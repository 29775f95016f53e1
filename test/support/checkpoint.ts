import type { ModelStructure, StoredTensor } from '../../src/core/types.js';
import { logicalTensors } from '../../src/weights/logical.js';
import { rolesOf } from '../../src/weights/roles.js';

type Entry = readonly [name: string, dims: readonly number[]];
type Config = Readonly<Record<string, unknown>>;

const number = (config: Config, key: string): number => Number(config[key] ?? 0);

/** Names and shapes of a Hugging Face checkpoint, written out from its configuration by hand. */
export function checkpointOf(config: Config): Entry[] {
  const d = number(config, 'hidden_size');
  const vocab = number(config, 'vocab_size');
  const layers = number(config, 'num_hidden_layers') + number(config, 'num_nextn_predict_layers');
  const entries: Entry[] = [['model.embed_tokens.weight', [vocab, d]]];
  for (let layer = 0; layer < layers; layer++) {
    const at = `model.layers.${layer}`;
    entries.push(
      ...attention(config, `${at}.self_attn`),
      ...feedForward(config, at, layer),
      [`${at}.input_layernorm.weight`, [d]],
      [`${at}.post_attention_layernorm.weight`, [d]],
    );
    if (layer >= number(config, 'num_hidden_layers'))
      entries.push(
        [`${at}.embed_tokens.weight`, [vocab, d]],
        [`${at}.enorm.weight`, [d]],
        [`${at}.hnorm.weight`, [d]],
        [`${at}.eh_proj.weight`, [d, 2 * d]],
        [`${at}.shared_head.norm.weight`, [d]],
        [`${at}.shared_head.head.weight`, [vocab, d]],
      );
  }
  entries.push(['model.norm.weight', [d]]);
  if (config.tie_word_embeddings !== true) entries.push(['lm_head.weight', [vocab, d]]);
  return entries;
}

function attention(config: Config, at: string): Entry[] {
  const d = number(config, 'hidden_size');
  const heads = number(config, 'num_attention_heads');
  const latent = number(config, 'kv_lora_rank');
  if (latent > 0) {
    const [nope, rope, value] = ['qk_nope_head_dim', 'qk_rope_head_dim', 'v_head_dim'].map((key) =>
      number(config, key),
    ) as [number, number, number];
    const rank = number(config, 'q_lora_rank');
    return [
      [`${at}.q_a_proj.weight`, [rank, d]],
      [`${at}.q_a_layernorm.weight`, [rank]],
      [`${at}.q_b_proj.weight`, [heads * (nope + rope), rank]],
      [`${at}.kv_a_proj_with_mqa.weight`, [latent + rope, d]],
      [`${at}.kv_a_layernorm.weight`, [latent]],
      [`${at}.kv_b_proj.weight`, [heads * (nope + value), latent]],
      [`${at}.o_proj.weight`, [d, heads * value]],
    ];
  }
  const size = Number(config.head_dim ?? d / heads);
  const query = heads * size;
  const key = number(config, 'num_key_value_heads') * size;
  if (config.model_type === 'phi3')
    return [
      [`${at}.qkv_proj.weight`, [query + 2 * key, d]],
      [`${at}.o_proj.weight`, [d, query]],
    ];
  return [
    [`${at}.q_proj.weight`, [query, d]],
    [`${at}.k_proj.weight`, [key, d]],
    [`${at}.v_proj.weight`, [key, d]],
    [`${at}.o_proj.weight`, [d, query]],
    ...(String(config.model_type).startsWith('qwen2')
      ? ([
          [`${at}.q_proj.bias`, [query]],
          [`${at}.k_proj.bias`, [key]],
          [`${at}.v_proj.bias`, [key]],
        ] satisfies Entry[])
      : []),
    ...(String(config.model_type).startsWith('qwen3')
      ? ([
          [`${at}.q_norm.weight`, [size]],
          [`${at}.k_norm.weight`, [size]],
        ] satisfies Entry[])
      : []),
  ];
}

function feedForward(config: Config, at: string, layer: number): Entry[] {
  const d = number(config, 'hidden_size');
  const experts = number(config, 'num_experts');
  if (experts === 0 || layer < number(config, 'first_k_dense_replace'))
    return block(config, `${at}.mlp`, number(config, 'intermediate_size'), d);
  const width = number(config, 'moe_intermediate_size');
  if (config.model_type === 'mixtral') {
    const moe = `${at}.block_sparse_moe`;
    return [
      [`${moe}.gate.weight`, [experts, d]],
      ...Array.from({ length: experts }, (_, expert): Entry[] => [
        [`${moe}.experts.${expert}.w1.weight`, [width, d]],
        [`${moe}.experts.${expert}.w2.weight`, [d, width]],
        [`${moe}.experts.${expert}.w3.weight`, [width, d]],
      ]).flat(),
    ];
  }
  const shared = number(config, 'n_shared_experts') * width;
  return [
    [`${at}.mlp.gate.weight`, [experts, d]],
    ...(config.topk_method === 'noaux_tc'
      ? ([[`${at}.mlp.gate.e_score_correction_bias`, [experts]]] satisfies Entry[])
      : []),
    ...(shared > 0 ? block(config, `${at}.mlp.shared_experts`, shared, d) : []),
    ...Array.from({ length: experts }, (_, expert) =>
      block(config, `${at}.mlp.experts.${expert}`, width, d),
    ).flat(),
  ];
}

function block({ model_type: family }: Config, at: string, width: number, d: number): Entry[] {
  return family === 'phi3'
    ? [
        [`${at}.gate_up_proj.weight`, [2 * width, d]],
        [`${at}.down_proj.weight`, [d, width]],
      ]
    : [
        [`${at}.gate_proj.weight`, [width, d]],
        [`${at}.up_proj.weight`, [width, d]],
        [`${at}.down_proj.weight`, [d, width]],
      ];
}

/** A delivery of these tensors as one file, in BF16 or as FP8 with a scale per tile of 128 × 128. */
export function structureOf(
  entries: readonly Entry[],
  {
    config = null,
    fp8 = false,
    ...more
  }: { config?: Config | null; fp8?: boolean } & Partial<ModelStructure> = {},
): ModelStructure {
  const stored = entries.flatMap(([name, dims]) => storedAs(name, dims, fp8));
  const logical = logicalTensors(stored, { config });
  const roles = rolesOf(logical);
  const bytes = stored.reduce((sum, tensor) => sum + tensor.bytes, 0);
  return {
    format: 'safetensors',
    inputs: [],
    outputs: [],
    tensors: logical.map((tensor, index) => ({ ...tensor, ...(roles[index] ? { role: roles[index] } : {}) })),
    embedding: null,
    fusedAttention: [],
    operators: {},
    files: [{ path: 'model.safetensors', bytes: bytes + 8, headerBytes: 8, tensors: stored.length }],
    storedTensors: stored.length,
    index: null,
    findings: [],
    metadata: new Map(),
    config,
    ...more,
  };
}

function storedAs(name: string, dims: readonly number[], fp8: boolean): StoredTensor[] {
  const tensor = (as: string, dtype: string, shape: readonly number[], size: number): StoredTensor => ({
    name: as,
    dtype,
    dims: shape,
    file: 'model.safetensors',
    offset: 8,
    bytes: shape.reduce((product, dim) => product * dim, size),
  });
  if (name.endsWith('e_score_correction_bias')) return [tensor(name, 'F32', dims, 4)];
  const packed = fp8 && dims.length === 2 && /_proj(_with_mqa)?\.weight$/.test(name) && !/eh_proj/.test(name);
  if (!packed) return [tensor(name, 'BF16', dims, 2)];
  const tiles = dims.map((dim) => Math.ceil(dim / 128));
  return [tensor(name, 'F8_E4M3', dims, 1), tensor(`${name}_scale_inv`, 'F32', tiles, 4)];
}
