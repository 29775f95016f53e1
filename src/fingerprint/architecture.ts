import { type Claims, configClaims, languageConfig } from '../core/config-claims.js';
import type { Architecture, Fact, ModelStructure } from '../core/types.js';
import { groupedFacts } from './architecture/attention.js';
import { isComplete } from './architecture/delivered.js';
import { type NumberFact, numberSources, type Readings, widthContradictions } from './architecture/facts.js';
import { attentionOutputs, graphFacts } from './architecture/graph.js';
import { indexFacts } from './architecture/index-names.js';
import { closedFormLaws } from './architecture/laws.js';
import { metadataClaims } from './architecture/metadata.js';
import { agreed, best, contradiction, type Sources } from './architecture/sources.js';
import { stackFacts } from './architecture/stack.js';
import { storage } from './architecture/storage.js';
import { type PlacedTensor, placedTensors } from './architecture/tensors.js';

export interface ReadingOptions {
  /** Whether the output matrix has the numbers of the embedding; only the weights themselves show it. */
  readonly headRepeatsEmbedding?: boolean | undefined;
}

/**
 * Layers, heads and sizes of a transformer with the origin of each. What files and graphs show outranks what metadata,
 * index and config.json state, and every disagreement between two sources is returned as a contradiction.
 */
export function readArchitecture(structure: ModelStructure, options: ReadingOptions = {}): Architecture {
  const config = languageConfig(structure.config);
  const stated = configClaims(config);
  const placed = placedTensors(structure);
  const complete = isComplete(structure);
  const readings: Readings = {
    structure,
    config,
    stated,
    metadata: metadataClaims(structure),
    placed,
    stack: complete ? stackFacts(placed) : undefined,
    listed: structure.index ? indexFacts(structure.index) : undefined,
    graph: graphFacts(structure, config, stated.layers),
  };
  const sources = numberSources(readings);
  const conventions = fallbacks(readings);
  const facts = Object.fromEntries(
    (Object.keys(sources) as NumberFact[]).map((name) => [
      name,
      best(sources[name]) ?? best(conventions[name] ?? {}),
    ]),
  ) as Record<NumberFact, Fact<number> | null>;
  const predictorLayers = best({
    shapes: readings.stack?.predictorLayers,
    index: readings.listed?.predictorLayers,
    metadata: readings.metadata.predictorLayers,
    config: stated.predictorLayers,
  });
  const tiedEmbeddings = tied(readings, options);
  const repeatedHead = tiedEmbeddings?.value === true && placed.some(({ role }) => role === 'head');
  const stored = totals(storage(structure, placed, repeatedHead), structure, complete);
  return {
    family: family(readings),
    ...facts,
    predictorLayers,
    tiedEmbeddings,
    ...presence(readings),
    maxPositions: best({ metadata: readings.metadata.maxPositions, config: stated.maxPositions }),
    ...stored,
    ...closedFormLaws(config, stated, {
      structure,
      placed,
      complete,
      repeatedHead,
      parameters: stored.parameters?.value,
      predictorLayers: predictorLayers && predictorLayers.from !== 'config' ? predictorLayers.value : null,
      listed: readings.listed?.trained,
    }),
    contradictions: [
      ...Object.entries(sources).flatMap(([name, found]) => contradiction(name, found)),
      ...widthContradictions(readings),
    ],
  };
}

function family({ config, metadata }: Readings): Architecture['family'] {
  if (typeof config.model_type === 'string') return { value: config.model_type, from: 'config' };
  return metadata.family === undefined ? null : { value: metadata.family, from: 'metadata' };
}

/** What a complete list of names shows by having it or not. */
function presence({
  stack,
  listed,
  structure,
  placed,
}: Readings): Pick<Architecture, 'qkvBias' | 'qkNorm' | 'routerBias'> {
  // Early GPTQ tools gave every projection a bias of zeros.
  const zeros =
    structure.tensors.some(({ quantization }) => quantization?.method.startsWith('gptq')) &&
    placed.some(({ role, part }) => role === 'output' && part === 'bias');
  return {
    qkvBias: zeros ? null : best({ shapes: stack?.qkvBias, index: listed?.qkvBias }),
    qkNorm: best({ shapes: stack?.qkNorm, index: listed?.qkNorm }),
    routerBias: best({ shapes: stack?.routerBias, index: listed?.routerBias }),
  };
}

/**
 * Without an output matrix the embedding serves as one. With one, it may still be a copy: what config.json says, and in
 * a container whose writers copy tied heads nothing but the numbers themselves.
 */
function tied(
  { structure, config, stack, listed }: Readings,
  { headRepeatsEmbedding }: ReadingOptions,
): Architecture['tiedEmbeddings'] {
  if (stack?.head === false) return { value: true, from: 'shapes' };
  if (stack?.head === undefined && listed?.head === false) return { value: true, from: 'index' };
  if (headRepeatsEmbedding !== undefined) return { value: headRepeatsEmbedding, from: 'weights' };
  const stated = config.tie_word_embeddings;
  if (typeof stated === 'boolean') return { value: stated, from: 'config' };
  const separate = structure.format === 'safetensors' && stack?.head === true;
  return separate ? { value: false, from: 'shapes' } : null;
}

function totals(
  stored: ReturnType<typeof storage>,
  { format, index, storedTensors, files }: ModelStructure,
  complete: boolean,
): Pick<
  Architecture,
  'parameters' | 'weightBits' | 'weightTypes' | 'uncounted' | 'tensors' | 'payloadBytes'
> {
  if (format === 'onnx') return { ...stored, tensors: null, payloadBytes: null };
  const payload = files.reduce((sum, { bytes, headerBytes }) => sum + bytes - headerBytes, 0);
  const known = complete ? stored : { ...stored, parameters: null, weightBits: null, uncounted: {} };
  return {
    ...known,
    tensors: best({ shapes: complete ? storedTensors : undefined, index: index?.tensors.size }),
    payloadBytes: best({ shapes: complete ? payload : undefined, index: index?.totalSize ?? undefined }),
  };
}

/** Derived by convention, so they fill a gap but never contradict what another source states. */
function fallbacks(readings: Readings): Partial<Record<NumberFact, Sources>> {
  const { structure, stated, config, placed, metadata } = readings;
  const { fusedAttention: sites, outputs, embedding } = structure;
  const logits = outputs.find(({ name, dims }) => /logits$/.test(name) && dims.length === 3);
  const heads = stated.attentionHeads ?? metadata.attentionHeads;
  const from = stated.attentionHeads === undefined && heads !== undefined ? 'metadata' : 'config';
  return {
    layers: { shapes: attentionOutputs(structure).length || undefined, graph: sites.length || undefined },
    keyValueHeads: heads ? { [from]: heads } : { graph: agreed(sites.map((site) => site.heads)) },
    headDim: headDim(stated, heads, config.kv_lora_rank || metadata.keyValueLoraRank, placed)
      ? { [from]: headDim(stated, heads, undefined, placed) }
      : { graph: agreed(sites.map((site) => site.headDim)) },
    vocabSize: { shapes: embedding === null ? agreed([logits?.dims[2]]) : undefined },
  };
}

/** Rows of the query projection divided by the stated heads; without tensors, the hidden size. */
function headDim(
  stated: Claims,
  heads: number | undefined,
  latent: unknown,
  placed: readonly PlacedTensor[],
): number | undefined {
  const width = groupedFacts(placed).queryWidth ?? stated.hiddenSize;
  const derived = heads && width && !latent ? width / heads : undefined;
  return derived !== undefined && Number.isInteger(derived) ? derived : undefined;
}
