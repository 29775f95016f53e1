import type { Claim } from '../../core/config-claims.js';
import type { ModelStructure } from '../../core/types.js';

export type MetadataClaims = Readonly<Partial<Record<Claim, number | undefined>>> & {
  readonly family?: string | undefined;
};

const KEYS: Readonly<Partial<Record<Claim, string>>> = {
  layers: 'block_count',
  hiddenSize: 'embedding_length',
  attentionHeads: 'attention.head_count',
  keyValueHeads: 'attention.head_count_kv',
  headDim: 'attention.key_length',
  vocabSize: 'vocab_size',
  maxPositions: 'context_length',
  intermediateSize: 'feed_forward_length',
  experts: 'expert_count',
  expertsActive: 'expert_used_count',
  sharedExperts: 'expert_shared_count',
  expertIntermediateSize: 'expert_feed_forward_length',
  denseLayers: 'leading_dense_block_count',
  queryLoraRank: 'attention.q_lora_rank',
  keyValueLoraRank: 'attention.kv_lora_rank',
  predictorLayers: 'nextn_predict_layers',
};

/** What GGUF metadata say, as llama.cpp names them. Lists of one value per layer say nothing of the whole. */
export function metadataClaims({ metadata }: ModelStructure): MetadataClaims {
  const family = metadata.get('general.architecture');
  if (typeof family !== 'string') return {};
  const number = (key: string): number | undefined => {
    const value = metadata.get(`${family}.${key}`);
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
  };
  const claims: Partial<Record<Claim, number | undefined>> = Object.fromEntries(
    Object.entries(KEYS).map(([name, key]) => [name, number(key) || undefined]),
  );
  return { family, ...claims, ...forExperts(claims), ...(claims.keyValueLoraRank ? latent(number) : {}) };
}

/** Families without a width of their own for experts state it as the width of the layer. */
function forExperts(claims: Partial<Record<Claim, number | undefined>>): MetadataClaims {
  if (!claims.experts || claims.expertIntermediateSize) return {};
  return { expertIntermediateSize: claims.intermediateSize, intermediateSize: undefined };
}

/** llama.cpp runs latent attention as one wide key/value head; only the `_mla` keys are those of the model. */
function latent(number: (key: string) => number | undefined): MetadataClaims {
  const key = number('attention.key_length_mla');
  const rope = number('rope.dimension_count');
  return {
    keyValueHeads: undefined,
    headDim: undefined,
    qkRopeHeadDim: rope,
    qkNopeHeadDim: key && rope && key > rope ? key - rope : undefined,
    valueHeadDim: number('attention.value_length_mla'),
  };
}
