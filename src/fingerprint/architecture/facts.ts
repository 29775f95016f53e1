import { type Claims, type Config, firstNumber } from '../../core/config-claims.js';
import type { Contradiction, ModelStructure } from '../../core/types.js';
import { groupedFacts, latentFacts } from './attention.js';
import type { GraphFacts } from './graph.js';
import type { IndexFacts } from './index-names.js';
import type { MetadataClaims } from './metadata.js';
import { agreed, contradiction, type Sources } from './sources.js';
import { blockWidth, type StackFacts, stackedExperts } from './stack.js';
import { ofRole, outputWidth, type PlacedTensor } from './tensors.js';

/** Exporters round a vocabulary up to a multiple of 8 to 512; 50,257 becomes 50,304. */
const PADDING = { multiple: 8, below: 512, share: 0.125 };
/** Widths of token tables that are projected to or from the hidden size (ALBERT, ELECTRA, OPT-350m). */
const FACTORIZED = ['embedding_size', 'word_embed_proj_dim'];
/** Families whose heads share the hidden size when config.json gives them no size of their own. */
const SPLITS_HIDDEN = new Set(['llama', 'mistral', 'mixtral', 'qwen2', 'qwen2_moe', 'phi3', 'gpt2']);

export interface Readings {
  readonly structure: ModelStructure;
  readonly config: Config;
  readonly stated: Claims;
  readonly metadata: MetadataClaims;
  readonly placed: readonly PlacedTensor[];
  /** Of the tensors of a complete set. */
  readonly stack: StackFacts | undefined;
  readonly listed: IndexFacts | undefined;
  readonly graph: GraphFacts;
}

export type NumberFact =
  | 'layers'
  | 'hiddenSize'
  | 'attentionHeads'
  | 'keyValueHeads'
  | 'headDim'
  | 'vocabSize'
  | 'intermediateSize'
  | 'experts'
  | 'expertsActive'
  | 'sharedExperts'
  | 'expertIntermediateSize'
  | 'denseLayers'
  | 'queryLoraRank'
  | 'keyValueLoraRank'
  | 'qkNopeHeadDim'
  | 'qkRopeHeadDim'
  | 'valueHeadDim';

/** What every source says of every number. Sources that may honestly differ are not asked. */
export function numberSources(readings: Readings): Readonly<Record<NumberFact, Sources>> {
  const { structure, config, stated, metadata, placed, stack, listed, graph } = readings;
  const latent = latentFacts(placed);
  const grouped = latent ? undefined : groupedFacts(placed);
  const width = hiddenSize(structure, placed, config);
  const claim = (name: NumberFact): Sources => ({ metadata: metadata[name], config: stated[name] });
  return {
    layers: {
      ...graph.layers,
      ...(stack?.layers === undefined ? {} : { shapes: stack.layers }),
      index: listed?.layers,
      metadata: ownLayers(metadata, stack),
      config: config.is_encoder_decoder === true && structure.format !== 'onnx' ? undefined : stated.layers,
    },
    hiddenSize: { shapes: width, ...claim('hiddenSize') },
    attentionHeads: {
      ...claim('attentionHeads'),
      ...graph.attentionHeads,
      ...present({ shapes: latent?.attentionHeads ?? grouped?.attentionHeads }),
    },
    keyValueHeads: {
      ...claim('keyValueHeads'),
      ...graph.keyValueHeads,
      ...present({ shapes: grouped?.keyValueHeads }),
    },
    // Latent attention caches keys wider than the values and than any head_dim the configuration states.
    headDim: {
      metadata: metadata.headDim,
      config: config.kv_lora_rank ? undefined : stated.headDim,
      ...graph.headDim,
      ...present({ shapes: grouped?.headDim }),
    },
    vocabSize: vocabulary(embeddingRows(structure, placed), metadata.vocabSize, stated.vocabSize),
    ...feedForward(readings, width),
    queryLoraRank: { shapes: latent?.queryLoraRank, ...claim('queryLoraRank') },
    keyValueLoraRank: { shapes: latent?.keyValueLoraRank, ...claim('keyValueLoraRank') },
    qkNopeHeadDim: { shapes: latent?.qkNopeHeadDim, ...claim('qkNopeHeadDim') },
    qkRopeHeadDim: { shapes: latent?.qkRopeHeadDim, ...claim('qkRopeHeadDim') },
    valueHeadDim: { shapes: latent?.valueHeadDim, ...claim('valueHeadDim') },
  };
}

function present(sources: Sources): Sources {
  return sources.shapes === undefined ? {} : sources;
}

/** llama.cpp counts layers that predict further tokens in; converters leave them out or keep them. */
function ownLayers(
  { layers, predictorLayers }: MetadataClaims,
  stack: StackFacts | undefined,
): number | undefined {
  const own = layers !== undefined && predictorLayers !== undefined ? layers - predictorLayers : layers;
  return stack?.layers === layers ? layers : own;
}

/** Norms are as long as the hidden size, whatever the token table is projected from. */
function hiddenSize(
  { embedding, format }: ModelStructure,
  placed: readonly PlacedTensor[],
  config: Config,
): number | undefined {
  if (format === 'onnx') {
    const width = embedding?.[1];
    return width === firstNumber(config, FACTORIZED) ? undefined : width;
  }
  const norms = [
    ...ofRole(placed, 'attention-norm'),
    ...ofRole(placed, 'mlp-norm'),
    ...ofRole(placed, 'post-attention-norm'),
  ];
  return norms.length > 0
    ? agreed(norms.map(({ dims }) => (dims.length === 1 ? dims[0] : undefined)))
    : undefined;
}

function embeddingRows(
  { embedding, format }: ModelStructure,
  placed: readonly PlacedTensor[],
): number | undefined {
  if (format === 'onnx') return embedding?.[0];
  return agreed(ofRole(placed, 'embedding').map(outputWidth));
}

/** An embedding may have more rows than there are tokens, never fewer. */
function vocabulary(
  rows: number | undefined,
  metadata: number | undefined,
  config: number | undefined,
): Sources {
  const isPadded = (stated: number | undefined): boolean => {
    const extra = (rows ?? 0) - (stated ?? 0);
    const little = extra > 0 && extra < PADDING.below && extra <= PADDING.share * (stated ?? 0);
    return rows !== undefined && stated !== undefined && little && rows % PADDING.multiple === 0;
  };
  const padded = isPadded(config) || isPadded(metadata);
  return { ...(padded ? {} : { shapes: rows }), metadata, config };
}

type FeedForward =
  | 'intermediateSize'
  | 'experts'
  | 'expertsActive'
  | 'sharedExperts'
  | 'expertIntermediateSize'
  | 'denseLayers';

function feedForward(
  { config, stated, metadata, placed, stack, listed }: Readings,
  hidden: number | undefined,
): Readonly<Record<FeedForward, Sources>> {
  const dense = blockWidth(placed, undefined, hidden);
  const expertWidth = blockWidth(placed, 'routed', hidden);
  const sharedWidth = blockWidth(placed, 'shared', hidden);
  // Qwen's first family states the width of gate and up together.
  const doubled = dense !== undefined && stated.intermediateSize === 2 * dense;
  const allExperts = stack?.denseLayers === 0 || listed?.denseLayers === 0;
  const gated = ofRole(placed, 'shared-gate').length > 0;
  const shared =
    sharedWidth !== undefined && expertWidth !== undefined ? sharedWidth / expertWidth : undefined;
  const noShared = stack?.denseLayers !== undefined && sharedWidth === undefined && !hasShared(placed);
  return {
    intermediateSize: allExperts
      ? {}
      : {
          shapes: dense,
          metadata: metadata.intermediateSize,
          config: doubled ? undefined : stated.intermediateSize,
        },
    experts: {
      shapes: oneOf(stackedExperts(placed), stack?.experts),
      index: listed?.experts,
      metadata: metadata.experts,
      config: stated.experts,
    },
    expertsActive: { metadata: metadata.expertsActive, config: stated.expertsActive },
    sharedExperts: {
      shapes: noShared ? 0 : shared !== undefined && Number.isInteger(shared) && !gated ? shared : undefined,
      metadata: metadata.sharedExperts,
      config: stated.sharedExperts,
    },
    expertIntermediateSize: {
      shapes: expertWidth,
      metadata: metadata.expertIntermediateSize,
      config: stated.expertIntermediateSize,
    },
    denseLayers: {
      shapes: stack?.denseLayers,
      index: listed?.denseLayers,
      metadata: metadata.denseLayers,
      config: (config.moe_layer_freq ?? 1) === 1 ? stated.denseLayers : undefined,
    },
  };
}

function hasShared(placed: readonly PlacedTensor[]): boolean {
  return placed.some(({ expert }) => expert === 'shared');
}

/** Router rows and numbered experts say the same or nothing. */
function oneOf(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined || a === b ? (a ?? b) : undefined;
}

/**
 * Heads times head size, where a configuration states both: shapes show the product even when they do not show the
 * factors.
 */
export function widthContradictions({
  placed,
  config,
  stated,
  metadata,
  structure,
}: Readings): Contradiction[] {
  if (structure.format === 'onnx' || latentFacts(placed)) return [];
  const { queryWidth, keyWidth, fusedWidth } = groupedFacts(placed);
  const claims = { config: headClaims(config, stated), metadata: headClaims({}, metadata) };
  const against = (
    fact: string,
    shapes: number | undefined,
    claim: (heads: HeadClaims) => number | undefined,
  ) =>
    shapes === undefined
      ? []
      : contradiction(fact, { shapes, config: claim(claims.config), metadata: claim(claims.metadata) });
  return [
    ...against('queryWidth', queryWidth, ({ query }) => query),
    ...against('keyValueWidth', keyWidth, ({ keyValue }) => keyValue),
    ...against(
      'queryKeyValueWidth',
      SPLITS_HIDDEN.has(String(config.model_type)) ? fusedWidth : undefined,
      ({ query, keyValue }) =>
        query !== undefined && keyValue !== undefined ? query + 2 * keyValue : undefined,
    ),
  ];
}

interface HeadClaims {
  readonly query: number | undefined;
  readonly keyValue: number | undefined;
}

type StatedHeads = Partial<Pick<Claims, 'attentionHeads' | 'keyValueHeads' | 'headDim' | 'hiddenSize'>>;

function headClaims(
  config: Config,
  { attentionHeads, keyValueHeads, headDim, hiddenSize: d }: StatedHeads,
): HeadClaims {
  const split =
    SPLITS_HIDDEN.has(String(config.model_type)) && d && attentionHeads ? d / attentionHeads : undefined;
  const size = headDim ?? split;
  const times = (heads: number | undefined): number | undefined =>
    heads === undefined || size === undefined || !Number.isInteger(size) ? undefined : heads * size;
  return { query: times(attentionHeads), keyValue: times(keyValueHeads) };
}
