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

/**
 * Layers, heads and sizes of a transformer with the origin of each. Cache and attention shapes outrank
 * config.json, and every disagreement between two sources is returned as a contradiction.
 */
export function readArchitecture(structure: ModelStructure): Architecture {
  const config = languageConfig(structure.config);
  const number = (...keys: string[]): number | undefined =>
    keys.map((key) => config[key]).find((value): value is number => typeof value === 'number' && value > 0);
  const keys = structure.inputs.filter(
    ({ name, dims }) => /^past.*key$|^past_\d+$/.test(name) && dims.length >= 4,
  );
  const attention = structure.outputs.filter(
    ({ name, dims }) => dims.length === 4 && !/^present|cross/i.test(name),
  );
  const fused = structure.fusedAttention;
  const hidden = number('hidden_size', 'n_embd', 'd_model');
  const heads = number('num_attention_heads', 'n_head');
  const all: Record<string, Sources> = {
    layers: { shapes: keys.length || attention.length, config: number('num_hidden_layers', 'n_layer') },
    hiddenSize: { shapes: structure.embedding?.[1], config: hidden },
    attentionHeads: { shapes: dimension(attention, -3), graph: fused[0]?.heads, config: heads },
    keyValueHeads: {
      shapes: dimension(keys, -3),
      graph: fused[0]?.keyValueHeads,
      config: number('num_key_value_heads'),
    },
    headDim: { shapes: dimension(keys, -1), config: number('head_dim') },
    vocabSize: { shapes: structure.embedding?.[0], config: number('vocab_size') },
    maxPositions: { config: number('max_position_embeddings', 'n_positions') },
  };
  // Derived by convention, so they fill a gap but never contradict what another source states.
  const conventions: Record<string, Sources> = {
    layers: { graph: fused.length },
    keyValueHeads: { config: heads },
    headDim: { config: hidden && heads ? hidden / heads : undefined },
  };
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

function languageConfig(config: ModelStructure['config']): Readonly<Record<string, unknown>> {
  const inner = config?.text_config;
  return (typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : config) ?? {};
}

/** One fixed dimension that all ports agree on; ports that differ or leave it symbolic say nothing. */
function dimension(ports: readonly Port[], axis: number): number | undefined {
  const values = new Set(ports.map(({ dims }) => dims.at(axis)));
  const [only] = values;
  return values.size === 1 && typeof only === 'number' && only > 0 ? only : undefined;
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
    const matrix = tensor.dims.length === 2 && Math.min(...tensor.dims) > 1 && isWeightType(tensor.type);
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

function isWeightType(type: string): boolean {
  return FLOATS.has(type) || /^(U?INT[248]|FLOAT[48].*)$/.test(type);
}
