import { type Config, firstNumber } from '../../core/config-claims.js';
import { mixesLayers } from '../../core/mixed-layers.js';
import type { ModelStructure } from '../../core/types.js';
import { groupedFacts, latentFacts } from './attention.js';
import { type FeedForward, feedForward } from './feed-forward.js';
import type { MetadataClaims } from './metadata.js';
import type { Readings } from './readings.js';
import { agreed, type Sources } from './sources.js';
import type { StackFacts } from './stack.js';
import { ofRole, outputWidth, type PlacedTensor } from './tensors.js';

/** Exporters round a vocabulary up to a multiple of 8 to 512; 50,257 becomes 50,304. */
const PADDING = { multiple: 8, below: 512, share: 0.125 };
/** Widths of token tables that are projected to or from the hidden size (ALBERT, ELECTRA, OPT-350m). */
const FACTORIZED = ['embedding_size', 'word_embed_proj_dim'];
type HeadFact =
  | 'attentionHeads'
  | 'keyValueHeads'
  | 'headDim'
  | 'queryLoraRank'
  | 'keyValueLoraRank'
  | 'qkNopeHeadDim'
  | 'qkRopeHeadDim'
  | 'valueHeadDim';
export type NumberFact = 'layers' | 'hiddenSize' | 'vocabSize' | HeadFact | FeedForward;

/** What every source says of every number. Sources that may honestly differ are not asked. */
export function numberSources(readings: Readings): Readonly<Record<NumberFact, Sources>> {
  const { structure, config, stated, metadata, placed } = readings;
  const width = hiddenSize(structure, placed, config);
  return {
    layers: layers(readings),
    hiddenSize: { shapes: width, metadata: metadata.hiddenSize, config: stated.hiddenSize },
    ...heads(readings),
    vocabSize: vocabulary(embeddingRows(structure, placed), metadata.vocabSize, stated.vocabSize),
    ...feedForward(readings, width),
  };
}

function layers({ structure, config, stated, metadata, stack, listed, graph }: Readings): Sources {
  // Names of other kinds of layers are not known here, and may be missing from the stack.
  const shapes = mixesLayers(config) ? undefined : stack?.layers;
  const twoStacks = config.is_encoder_decoder === true && structure.format !== 'onnx';
  return {
    ...graph.layers,
    ...present({ shapes }),
    index: mixesLayers(config) ? undefined : listed?.layers,
    metadata: ownLayers(metadata, stack),
    config: twoStacks ? undefined : stated.layers,
  };
}

function heads({ config, stated, metadata, placed, graph }: Readings): Readonly<Record<HeadFact, Sources>> {
  const latent = latentFacts(placed);
  const grouped = latent ? undefined : groupedFacts(placed);
  const claim = (name: HeadFact): Sources => ({ metadata: metadata[name], config: stated[name] });
  return {
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
