import type { Claims, Config } from '../../core/config-claims.js';
import type { ArchitectureShape, ExpertBlock, GroupedAttention, LatentAttention } from './shape.js';

/** What a family's code fixes, so that no configuration states it. */
interface Family {
  readonly bias?: 'none' | 'qkv' | 'all';
  readonly qkNorm?: true;
  readonly fused?: true;
  /** Heads share the hidden size where the configuration gives them none of their own. */
  readonly splitsHidden?: true;
  readonly normsPerLayer?: 4;
  readonly experts?: { readonly sharedGate?: boolean; readonly routerBias?: boolean };
  readonly latent?: true;
  readonly tiedByDefault?: true;
}

const FAMILIES: ReadonlyMap<string, Family> = new Map(
  Object.entries({
    llama: { splitsHidden: true },
    mistral: { splitsHidden: true },
    qwen2: { bias: 'qkv', splitsHidden: true },
    qwen3: { qkNorm: true },
    phi3: { fused: true, splitsHidden: true },
    gemma: { tiedByDefault: true },
    gemma2: { tiedByDefault: true, normsPerLayer: 4 },
    gemma3_text: { tiedByDefault: true, normsPerLayer: 4, qkNorm: true },
    mixtral: { splitsHidden: true, experts: {} },
    qwen2_moe: { bias: 'qkv', splitsHidden: true, experts: { sharedGate: true } },
    qwen3_moe: { qkNorm: true, experts: {} },
    deepseek_v2: { latent: true, experts: {} },
    deepseek_v3: { latent: true, experts: { routerBias: true } },
  } satisfies Record<string, Family>),
);

/** Options that add tensors no claim counts; a model that uses one is not described by its family. */
const OPTIONS = ['add_cross_attention', 'attention_k_eq_v', 'mlp_only_layers'];

/**
 * The shape that a configuration describes, or null when its family is not known here or something is missing: then
 * no total is expected of it.
 */
export function shapeOf(config: Config, claims: Claims): ArchitectureShape | null {
  const name = String(config.model_type ?? '');
  if (name === 'gpt2') return gpt2(config, claims);
  if (name === 'bert') return bert(config, claims);
  const family = FAMILIES.get(name);
  const { layers, hiddenSize, vocabSize } = claims;
  if (!family || !layers || !hiddenSize || !vocabSize || OPTIONS.some((key) => isSet(config[key])))
    return null;
  const attention = family.latent ? latent(claims) : grouped(family, config, claims);
  const experts = family.experts ? expertBlock(family.experts, config, claims) : undefined;
  const width = claims.intermediateSize;
  const allExperts = experts?.denseLayers === 0;
  if (!attention || experts === null || (!width && !allExperts)) return null;
  return {
    layers,
    hiddenSize,
    vocabSize,
    tied:
      typeof config.tie_word_embeddings === 'boolean'
        ? config.tie_word_embeddings
        : family.tiedByDefault === true,
    attention,
    ...(width && !allExperts
      ? {
          dense: { width, gated: true, fused: family.fused === true, bias: config.mlp_bias === true },
        }
      : {}),
    ...(experts ? { experts } : {}),
    norms: { perLayer: family.normsPerLayer ?? 2, bias: false, final: true },
    positions: 0,
    types: 0,
    embeddingNorm: false,
    pooler: false,
    predictors: claims.predictorLayers ?? 0,
  };
}

function isSet(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

function grouped(family: Family, config: Config, claims: Claims): GroupedAttention | null {
  const { attentionHeads: heads, hiddenSize = 0 } = claims;
  if (!heads) return null;
  const headDim = claims.headDim ?? (family.splitsHidden ? hiddenSize / heads : Number.NaN);
  if (!Number.isInteger(headDim)) return null;
  return {
    kind: 'grouped',
    heads,
    keyValueHeads: claims.keyValueHeads ?? heads,
    headDim,
    fused: family.fused === true,
    bias: config.attention_bias === true ? 'all' : (family.bias ?? 'none'),
    qkNorm: family.qkNorm === true,
  };
}

function latent(claims: Claims): LatentAttention | null {
  const { attentionHeads, queryLoraRank, keyValueLoraRank, qkNopeHeadDim, qkRopeHeadDim, valueHeadDim } =
    claims;
  if (!attentionHeads || !keyValueLoraRank || !qkNopeHeadDim || !qkRopeHeadDim || !valueHeadDim) return null;
  return {
    kind: 'latent',
    heads: attentionHeads,
    queryRank: queryLoraRank ?? null,
    keyValueRank: keyValueLoraRank,
    nope: qkNopeHeadDim,
    rope: qkRopeHeadDim,
    value: valueHeadDim,
  };
}

function expertBlock(
  { sharedGate = false, routerBias = false }: NonNullable<Family['experts']>,
  config: Config,
  claims: Claims,
): ExpertBlock | null {
  const { experts: count, expertIntermediateSize: width } = claims;
  // Every how many layers there are experts: 1 in all published models of these families.
  const every = config.moe_layer_freq ?? config.decoder_sparse_step ?? 1;
  if (!count || !width || every !== 1) return null;
  const shared = config.shared_expert_intermediate_size;
  return {
    count,
    active: claims.expertsActive ?? null,
    width,
    sharedWidth: typeof shared === 'number' ? shared : (claims.sharedExperts ?? 0) * width,
    sharedGate,
    denseLayers: claims.denseLayers ?? 0,
    routerBias: routerBias && config.topk_method === 'noaux_tc',
  };
}

function gpt2(config: Config, claims: Claims): ArchitectureShape | null {
  const { layers, hiddenSize, vocabSize, attentionHeads: heads } = claims;
  const positions = Number(config.n_positions ?? config.n_ctx);
  if (!layers || !hiddenSize || !vocabSize || !heads || !(positions > 0)) return null;
  return {
    ...withLayerNorms(layers, hiddenSize, vocabSize, claims.intermediateSize ?? 4 * hiddenSize),
    tied: config.tie_word_embeddings !== false,
    attention: multiHead(heads, hiddenSize, true),
    positions,
    norms: { perLayer: 2, bias: true, final: true },
  };
}

/** The encoder alone, with its pooler and without the head that predicts masked words. */
function bert(config: Config, claims: Claims): ArchitectureShape | null {
  const { layers, hiddenSize, vocabSize, attentionHeads: heads, maxPositions, intermediateSize } = claims;
  const types = Number(config.type_vocab_size);
  if (!layers || !hiddenSize || !vocabSize || !heads || !maxPositions || !intermediateSize || !(types > 0))
    return null;
  return {
    ...withLayerNorms(layers, hiddenSize, vocabSize, intermediateSize),
    tied: true,
    attention: multiHead(heads, hiddenSize, false),
    positions: maxPositions,
    types,
    embeddingNorm: true,
    pooler: true,
    norms: { perLayer: 2, bias: true, final: false },
  };
}

function multiHead(heads: number, hiddenSize: number, fused: boolean): GroupedAttention {
  return {
    kind: 'grouped',
    heads,
    keyValueHeads: heads,
    headDim: hiddenSize / heads,
    fused,
    bias: 'all',
    qkNorm: false,
  };
}

function withLayerNorms(
  layers: number,
  hiddenSize: number,
  vocabSize: number,
  width: number,
): Pick<
  ArchitectureShape,
  'layers' | 'hiddenSize' | 'vocabSize' | 'dense' | 'types' | 'embeddingNorm' | 'pooler' | 'predictors'
> {
  return {
    layers,
    hiddenSize,
    vocabSize,
    dense: { width, gated: false, fused: false, bias: true },
    types: 0,
    embeddingNorm: false,
    pooler: false,
    predictors: 0,
  };
}
