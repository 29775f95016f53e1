import { cacheAxes } from '../core/cache-axes.js';
import { mixesLayers } from '../core/mixed-layers.js';
import type {
  Architecture,
  Contradiction,
  Fact,
  FactSource,
  ModelStructure,
  Port,
  WeightTensor,
} from '../core/types.js';

type Sources = Partial<Record<FactSource, number | undefined>>;
/** Most to least trustworthy: what runs, what the operators declare, what the delivery says about itself. */
const ORDER: readonly FactSource[] = ['shapes', 'graph', 'metadata', 'config'];
const FLOATS = new Set(['FLOAT', 'FLOAT16', 'BFLOAT16', 'DOUBLE']);
/** Share of all matrix elements a type must hold before it says how the weights are stored. */
const NARROW_SHARE = 0.1;

/** Exporters round a vocabulary up to a multiple of 8 to 512; 50,257 becomes 50,304. */
const PADDING = { multiple: 8, below: 512, share: 0.125 };
/** Widths of token tables that are projected to or from the hidden size (ALBERT, ELECTRA, OPT-350m). */
const FACTORIZED = ['embedding_size', 'word_embed_proj_dim'];

/**
 * Layers, heads and sizes of a transformer with the origin of each. Cache and attention shapes outrank
 * config.json, and every disagreement between two sources is returned as a contradiction. A source that may
 * honestly differ (repeated key/value heads, a padded vocabulary, layers without a cache) is not asked.
 */
export function readArchitecture(structure: ModelStructure): Architecture {
  const config = languageConfig(structure.config);
  const stated = claims(config);
  const caches = structure.inputs.filter(({ name, dims }) => isCache(name) && dims.length >= 4);
  const attention = structure.outputs.filter(({ name, dims }) => isAttention(name) && dims.length === 4);
  const sites = structure.fusedAttention;
  const all: Record<string, Sources> = {
    layers: layers(structure, config, stated.layers),
    hiddenSize: { shapes: hiddenSize(structure, config), config: stated.hiddenSize },
    attentionHeads: {
      shapes: dimension(attention.map(({ dims }) => dims.at(-3))),
      graph: dimension(sites.map(({ heads }) => heads)),
      config: stated.attentionHeads,
    },
    keyValueHeads: {
      shapes: cacheDimension(caches, 'heads'),
      graph: dimension(sites.map(({ keyValueHeads }) => keyValueHeads)),
      config: stated.keyValueHeads,
    },
    // Latent attention caches keys wider than the values and than any head_dim the configuration states.
    headDim: {
      shapes: cacheDimension(caches, 'size'),
      config: config.kv_lora_rank ? undefined : stated.headDim,
    },
    vocabSize: vocabulary(structure.embedding?.[0], stated.vocabSize),
    maxPositions: { config: stated.maxPositions },
  };
  const conventions = fallbacks(structure, stated);
  const fact = (name: string): Fact<number> | null => best(all[name] ?? {}) ?? best(conventions[name] ?? {});
  return {
    family: typeof config.model_type === 'string' ? { value: config.model_type, from: 'config' } : null,
    layers: fact('layers'),
    hiddenSize: fact('hiddenSize'),
    attentionHeads: fact('attentionHeads'),
    keyValueHeads: fact('keyValueHeads'),
    headDim: fact('headDim'),
    vocabSize: fact('vocabSize'),
    maxPositions: fact('maxPositions'),
    ...storage(structure.tensors),
    contradictions: Object.entries(all).flatMap(([name, sources]) => contradiction(name, sources)),
  };
}

type Config = Readonly<Record<string, unknown>>;
type Claim =
  | 'layers'
  | 'hiddenSize'
  | 'attentionHeads'
  | 'keyValueHeads'
  | 'headDim'
  | 'vocabSize'
  | 'maxPositions';

/** What config.json says, under the names that model families use. */
function claims(config: Config): Readonly<Record<Claim, number | undefined>> {
  const number = (...keys: string[]): number | undefined => firstNumber(config, keys);
  return {
    layers: number('num_hidden_layers', 'n_layer', 'num_layers', 'n_layers'),
    hiddenSize: number('hidden_size', 'n_embd', 'd_model', 'dim'),
    attentionHeads: number('num_attention_heads', 'n_head', 'num_heads', 'n_heads'),
    keyValueHeads: number('num_key_value_heads', 'num_kv_heads', 'n_head_kv', 'multi_query_group_num'),
    headDim: number('head_dim'),
    vocabSize: number('vocab_size'),
    maxPositions: number('max_position_embeddings', 'n_positions', 'max_seq_len', 'seq_length'),
  };
}

function firstNumber(config: Config, keys: readonly string[]): number | undefined {
  return keys
    .map((key) => config[key])
    .find((value): value is number => typeof value === 'number' && value > 0);
}

/** Derived by convention, so they fill a gap but never contradict what another source states. */
function fallbacks(
  { fusedAttention: sites, outputs, embedding, config }: ModelStructure,
  stated: Readonly<Record<Claim, number | undefined>>,
): Record<string, Sources> {
  const { hiddenSize, attentionHeads } = stated;
  const logits = outputs.find(({ name, dims }) => /logits$/.test(name) && dims.length === 3);
  const attention = outputs.filter(({ name, dims }) => isAttention(name) && dims.length === 4);
  const latent = Boolean(languageConfig(config).kv_lora_rank);
  const derived = hiddenSize && attentionHeads && !latent ? hiddenSize / attentionHeads : undefined;
  const oneGroup = languageConfig(config).multi_query === true ? 1 : undefined;
  return {
    layers: { shapes: attention.length, graph: sites.length },
    keyValueHeads: {
      config: oneGroup ?? attentionHeads,
      ...(oneGroup || attentionHeads ? {} : { graph: dimension(sites.map(({ heads }) => heads)) }),
    },
    headDim:
      derived && Number.isInteger(derived)
        ? { config: derived }
        : { graph: dimension(sites.map(({ headDim = 0 }) => headDim)) },
    vocabSize: { shapes: embedding === null ? dimension([logits?.dims[2]]) : undefined },
  };
}

function languageConfig(config: ModelStructure['config']): Config {
  const inner = config?.text_config;
  return (typeof inner === 'object' && inner !== null ? (inner as Config) : config) ?? {};
}

function isCache(name: string): boolean {
  return /^past/.test(name) && !/encoder|cross|conv|ssm|recurrent|(^|[._])states?([._]|$)/i.test(name);
}

function isAttention(name: string): boolean {
  return (
    /att(n|ention)/i.test(name) && !/^(present|past)|cross|encoder|mask/i.test(name.replace('decoder', ''))
  );
}

/**
 * Caches outrank attention sites. Sites only speak for a plain stack of attention layers: where other layers are
 * mixed in there are honestly fewer, and where attention is split in two or crosses to an encoder, more.
 */
function layers(structure: ModelStructure, config: Config, stated: number | undefined): Sources {
  const shapes = cachedLayers(structure, config);
  const sites = structure.fusedAttention.length;
  const mixed = Object.keys(structure.operators).some((name) => /Conv|Scan|Loop|LinearAttention/.test(name));
  const plain = shapes === undefined && stated !== undefined && sites > 0 && sites <= stated && !mixed;
  return plain && !mixesLayers(config) ? { graph: sites, config: stated } : { shapes, config: stated };
}

/**
 * Layers that keep a cache. Some families share one between layers, or keep another state in the rest of them;
 * there the shapes do not say how many layers there are.
 */
function cachedLayers({ inputs }: ModelStructure, config: Config): number | undefined {
  const past = inputs.map(({ name }) => name).filter((name) => /^past.*\d/.test(name));
  if (!past.every(isCache) || firstNumber(config, ['num_kv_shared_layers'])) return undefined;
  const found = new Set(past.map((name) => /\d+/.exec(name)?.[0]));
  const dense = [...found].every((layer) => Number(layer) < found.size);
  return dense && found.size > 0 ? found.size : undefined;
}

function hiddenSize({ embedding }: ModelStructure, config: Config): number | undefined {
  const width = embedding?.[1];
  return width === firstNumber(config, FACTORIZED) ? undefined : width;
}

/** An embedding may have more rows than there are tokens, never fewer. */
function vocabulary(rows: number | undefined, stated: number | undefined): Sources {
  const extra = (rows ?? 0) - (stated ?? 0);
  const padded = rows && stated && extra > 0 && extra < PADDING.below && extra <= PADDING.share * stated;
  return padded && rows % PADDING.multiple === 0 ? { config: stated } : { shapes: rows, config: stated };
}

/** One fixed number that all agree on; values that differ, are symbolic or missing say nothing. */
function dimension(found: readonly (number | string | undefined)[]): number | undefined {
  const values = new Set(found);
  const [only] = values;
  return values.size === 1 && typeof only === 'number' && only > 0 ? only : undefined;
}

function cacheDimension(caches: readonly Port[], which: 'heads' | 'size'): number | undefined {
  return dimension(
    caches.map(({ dims }) => {
      const axis = cacheAxes(dims)?.[which];
      return axis === undefined ? undefined : dims[axis];
    }),
  );
}

function best(sources: Sources): Fact<number> | null {
  for (const from of ORDER) {
    const value = sources[from];
    if (value) return { value, from };
  }
  return null;
}

function contradiction(fact: string, sources: Sources): Contradiction[] {
  const known = Object.entries(sources).filter((entry): entry is [string, number] => Boolean(entry[1]));
  const different = new Set(known.map(([, value]) => value)).size > 1;
  return different ? [{ fact, values: Object.fromEntries(known) }] : [];
}

function storage(
  tensors: readonly WeightTensor[],
): Pick<Architecture, 'parameters' | 'weightBits' | 'weightTypes'> {
  const types: Record<string, number> = {};
  const bits = new Map<number, number>();
  let parameters = 0;
  let matrices = 0;
  for (const tensor of tensors) {
    const elements = tensor.dims.reduce((product, dim) => product * dim, 1);
    const matrix = isMatrix(tensor.dims) && isWeightType(tensor.type);
    if (matrix) {
      types[tensor.type] = (types[tensor.type] ?? 0) + elements;
      bits.set(tensor.bits, (bits.get(tensor.bits) ?? 0) + elements);
      matrices += elements;
    }
    if (matrix || (tensor.dims.length === 1 && elements > 1 && FLOATS.has(tensor.type)))
      parameters += elements;
  }
  const narrow = [...bits]
    .filter(([, elements]) => elements >= NARROW_SHARE * matrices)
    .map(([width]) => width);
  return {
    parameters: parameters > 0 ? { value: parameters, from: 'shapes' } : null,
    weightBits: narrow.length > 0 ? { value: Math.min(...narrow), from: 'shapes' } : null,
    weightTypes: types,
  };
}

/** Matrices, stacks of expert matrices and convolutions; masks with leading ones and vectors kept as rows are none. */
function isMatrix(dims: readonly number[]): boolean {
  return dims.length >= 2 && (dims[0] ?? 0) > 1 && dims.filter((dim) => dim > 1).length >= 2;
}

function isWeightType(type: string): boolean {
  return FLOATS.has(type) || /^(U?INT[248]|FLOAT[48].*)$/.test(type);
}
