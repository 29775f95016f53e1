import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { shared } from './shared-data.js';

/** One checked model of facts.yaml. */
export interface PublicModel {
  readonly id: string;
  readonly arch: Readonly<Record<string, number | string | boolean>>;
  readonly params: {
    readonly total: number;
    readonly active?: number;
    readonly tensors: number;
    readonly bytes_payload?: number;
    readonly hub_total?: number;
    readonly mtp_unique?: number;
  };
}

export function publicModels(): PublicModel[] {
  const text = readFileSync(shared('profiles/facts.yaml'), 'utf8');
  const { profiles } = parse(text) as { readonly profiles: readonly Partial<PublicModel>[] };
  return profiles.filter((entry): entry is PublicModel => Boolean(entry.arch && entry.params));
}

const KEYS: Readonly<Record<string, string>> = {
  hidden: 'hidden_size',
  layers: 'num_hidden_layers',
  heads: 'num_attention_heads',
  kv_heads: 'num_key_value_heads',
  head_dim: 'head_dim',
  ff: 'intermediate_size',
  ff_dense: 'intermediate_size',
  ff_expert: 'moe_intermediate_size',
  experts: 'num_experts',
  experts_active: 'num_experts_per_tok',
  experts_shared: 'n_shared_experts',
  dense_layers: 'first_k_dense_replace',
  q_lora: 'q_lora_rank',
  kv_lora: 'kv_lora_rank',
  qk_nope: 'qk_nope_head_dim',
  qk_rope: 'qk_rope_head_dim',
  v_head: 'v_head_dim',
  vocab: 'vocab_size',
  tied: 'tie_word_embeddings',
  mtp_layers: 'num_nextn_predict_layers',
  max_pos: 'max_position_embeddings',
  model_type: 'model_type',
  topk_method: 'topk_method',
  torch_dtype: 'torch_dtype',
};

/** config.json as the publisher's would state it. */
export function configOf({ arch }: PublicModel): Record<string, unknown> {
  const config = Object.fromEntries(
    Object.entries(KEYS).flatMap(([fact, key]) => (arch[fact] === undefined ? [] : [[key, arch[fact]]])),
  );
  if (arch.kind !== 'mla_moe') return config;
  return {
    ...config,
    torch_dtype: 'bfloat16',
    quantization_config: { quant_method: 'fp8', fmt: 'e4m3', weight_block_size: [128, 128] },
  };
}
