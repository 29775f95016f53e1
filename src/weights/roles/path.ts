/** A tensor name cut into what tables of roles are asked by. */
export interface TensorPath {
  /** Modules before the stack of layers, or of the whole name outside of it. */
  readonly prefix: readonly string[];
  readonly layer: number | null;
  readonly expert?: number | 'stacked' | 'shared';
  /** Modules inside the layer, attention and MLP under one name each; joined by dots. */
  readonly key: string;
  readonly part: 'weight' | 'bias';
  /** ONNX operator at the end of a module path. */
  readonly operator?: string;
}

/** Longest real name is near 120 characters; GGUF allows 63. */
const MAX_NAME = 512;
const STACKS = new Set('layers layer h blocks block blk'.split(' '));
const MODULES = new Map<string, string>([
  ...'self_attn attn attention self_attention'.split(' ').map((name) => [name, 'attn'] as const),
  ...'mlp feed_forward ffn block_sparse_moe moe'.split(' ').map((name) => [name, 'mlp'] as const),
]);
const SHARED = new Set(['shared_expert', 'shared_experts']);
const OPERATORS = new Set(
  'MatMul MatMulNBits Gemm Add Gather GatherBlockQuantized LayerNormalization SkipLayerNorm LayerNorm_1 SimplifiedLayerNormalization SkipSimplifiedLayerNormalization layernorm QMoE MoE'.split(
    ' ',
  ),
);
/** What quantizers append to the name of the tensor that holds the numbers. */
const DATA = new Set(['weight', 'gamma', 'qweight', 'weight_packed', 'weight_quantized', 'weight_quant']);
const QUANTIZED = /_(Q\d\w{0,8}|quantized|quant|blocks)$/;

/** Null for names longer than any model has, or that no separator divides. */
export function parsePath(name: string): TensorPath | null {
  if (name.length > MAX_NAME) return null;
  const segments = name.split(/[./]/).filter((segment) => segment !== '');
  const { part, modules, operator } = withoutPart(segments);
  const at = modules.findIndex((segment, index) => STACKS.has(segment) && isIndex(modules[index + 1]));
  const found = { part, ...(operator === undefined ? {} : { operator }) };
  if (at < 0) return { ...found, prefix: modules.slice(0, -1), layer: null, key: modules.join('.') };
  const { key, expert } = insideLayer(modules.slice(at + 2));
  return {
    ...found,
    prefix: modules.slice(0, at),
    layer: Number(modules[at + 1]),
    key,
    ...(expert === undefined ? {} : { expert }),
  };
}

function isIndex(segment: string | undefined): boolean {
  return segment !== undefined && /^\d{1,6}$/.test(segment);
}

function withoutPart(segments: readonly string[]): {
  readonly part: 'weight' | 'bias';
  readonly modules: readonly string[];
  readonly operator?: string;
} {
  const modules = [...segments];
  let part: 'weight' | 'bias' = 'weight';
  const last = modules.at(-1) ?? '';
  const plain = last.replace(QUANTIZED, '');
  if (last === 'bias' || last === 'beta') {
    part = 'bias';
    modules.pop();
  } else if (DATA.has(plain)) modules.pop();
  else if (last.endsWith('_bias')) {
    // gpt-oss names the biases of its expert stacks gate_up_proj_bias.
    part = 'bias';
    modules[modules.length - 1] = last.slice(0, -'_bias'.length);
  } else if (plain !== last) modules[modules.length - 1] = plain;
  const operator = modules.at(-1) ?? '';
  if (!OPERATORS.has(operator)) return { part, modules };
  const packed = plain !== last && operator === 'MatMul';
  return { part, modules: modules.slice(0, -1), operator: packed ? 'MatMulNBits' : operator };
}

function insideLayer(rest: readonly string[]): Pick<TensorPath, 'key' | 'expert'> {
  const first = MODULES.get(rest[0] ?? '');
  const modules = first === undefined ? [...rest] : [first, ...rest.slice(1)];
  const key = modules.join('.');
  const second = modules[1] ?? '';
  if (first !== 'mlp') return ggufExpert(modules) ?? { key };
  if (SHARED.has(second)) return { key: ['mlp', ...modules.slice(2)].join('.'), expert: 'shared' };
  if (second !== 'experts') return { key };
  return isIndex(modules[2])
    ? { key: ['mlp', ...modules.slice(3)].join('.'), expert: Number(modules[2]) }
    : { key: ['mlp', ...modules.slice(2)].join('.'), expert: 'stacked' };
}

/** GGUF: ffn_gate_exps and ffn_gate_shexp, before them ffn_gate.0 for each expert. */
function ggufExpert(modules: readonly string[]): Pick<TensorPath, 'key' | 'expert'> | undefined {
  const [name = '', index] = modules;
  if (!name.startsWith('ffn_')) return undefined;
  if (modules.length === 2 && isIndex(index)) return { key: name, expert: Number(index) };
  if (modules.length > 1) return undefined;
  if (name.endsWith('_exps')) return { key: name.slice(0, -'_exps'.length), expert: 'stacked' };
  if (name.endsWith('_shexp') && name !== 'ffn_gate_inp_shexp')
    return { key: name.slice(0, -'_shexp'.length), expert: 'shared' };
  return undefined;
}
