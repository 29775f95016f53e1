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
  /** Belongs to the tower of another modality, or to attention across stacks. */
  readonly foreign: boolean;
}

/** A path with `#` for every number, and which of the numbers are the layer and the expert. */
interface Pattern {
  readonly path: Omit<TensorPath, 'layer' | 'expert'>;
  readonly layerAt: number | null;
  readonly expert?: '#' | 'stacked' | 'shared';
}

/** Longest real name is near 120 characters; GGUF allows 63. */
const MAX_NAME = 512;
/** Longer numbers are no indices. */
const MAX_DIGITS = 6;
/** A model has some 60 patterns, however many tensors; hostile ones are dropped again. */
const MAX_PATTERNS = 2048;
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

const FOREIGN = /vision|visual|audio|image|speech|projector|perceiver|resampler|talker|cross/i;

const patterns = new Map<string, Pattern>();

/** Null for names longer than any model has, and for those with the sign that stands for numbers here. */
export function parsePath(name: string): TensorPath | null {
  if (name.length > MAX_NAME || name.includes('#')) return null;
  const { template, numbers } = withoutNumbers(name);
  const pattern = patternOf(template);
  if (pattern.layerAt === null) return { ...pattern.path, layer: null };
  const layer = numbers[pattern.layerAt] ?? 0;
  const { expert } = pattern;
  if (expert === undefined) return { ...pattern.path, layer };
  return { ...pattern.path, layer, expert: expert === '#' ? (numbers[pattern.layerAt + 1] ?? 0) : expert };
}

/** The name with `#` in place of every segment that is a number. */
function withoutNumbers(name: string): { readonly template: string; readonly numbers: readonly number[] } {
  const numbers: number[] = [];
  let template = '';
  let copied = 0;
  let start = 0;
  while (start < name.length) {
    let at = start;
    while (at < name.length && isDigit(name.charCodeAt(at))) at++;
    const digits = at - start;
    if (digits > 0 && digits <= MAX_DIGITS && (at === name.length || isSeparator(name.charCodeAt(at)))) {
      numbers.push(Number(name.slice(start, at)));
      template += `${name.slice(copied, start)}#`;
      copied = at;
    }
    while (at < name.length && !isSeparator(name.charCodeAt(at))) at++;
    start = at + 1;
  }
  return { template: template + name.slice(copied), numbers };
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
/** A dot or a slash. */
const isSeparator = (code: number): boolean => code === 46 || code === 47;

function patternOf(template: string): Pattern {
  const known = patterns.get(template);
  if (known) return known;
  if (patterns.size >= MAX_PATTERNS) patterns.clear();
  const pattern = readPattern(template);
  patterns.set(template, pattern);
  return pattern;
}

function readPattern(template: string): Pattern {
  const segments = template.split(/[./]/).filter((segment) => segment !== '');
  const { part, modules, operator } = withoutPart(segments);
  const at = modules.findIndex((segment, index) => STACKS.has(segment) && modules[index + 1] === '#');
  const prefix = modules.slice(0, at);
  const foreign = prefix.some((module) => FOREIGN.test(module));
  const path = { part, foreign, prefix, ...(operator === undefined ? {} : { operator }) };
  if (at < 0) return { path: { ...path, key: modules.join('.') }, layerAt: null };
  const layerAt = prefix.filter((segment) => segment === '#').length;
  const { key, expert } = insideLayer(modules.slice(at + 2));
  return { path: { ...path, key }, layerAt, ...(expert === undefined ? {} : { expert }) };
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

interface Inside extends Pick<Pattern, 'expert'> {
  readonly key: string;
}

function insideLayer(rest: readonly string[]): Inside {
  const first = MODULES.get(rest[0] ?? '');
  const modules = first === undefined ? rest : [first, ...rest.slice(1)];
  const key = modules.join('.');
  const second = modules[1] ?? '';
  if (first !== 'mlp') return ggufExpert(modules) ?? { key };
  if (SHARED.has(second)) return { key: ['mlp', ...modules.slice(2)].join('.'), expert: 'shared' };
  if (second !== 'experts') return { key };
  return modules[2] === '#'
    ? { key: ['mlp', ...modules.slice(3)].join('.'), expert: '#' }
    : { key: ['mlp', ...modules.slice(2)].join('.'), expert: 'stacked' };
}

/** GGUF: ffn_gate_exps and ffn_gate_shexp, before them ffn_gate.0 for each expert. */
function ggufExpert(modules: readonly string[]): Inside | undefined {
  const [name = '', index] = modules;
  if (!name.startsWith('ffn_')) return undefined;
  if (modules.length === 2 && index === '#') return { key: name, expert: '#' };
  if (modules.length > 1) return undefined;
  if (name.endsWith('_exps')) return { key: name.slice(0, -'_exps'.length), expert: 'stacked' };
  if (name.endsWith('_shexp') && name !== 'ffn_gate_inp_shexp')
    return { key: name.slice(0, -'_shexp'.length), expert: 'shared' };
  return undefined;
}
