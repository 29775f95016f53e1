import type { OnnxNode } from '../formats/onnx/types.js';
import type { GraphIndex } from './graph-index.js';
import { isMatrix, type Product } from './products.js';

const words = (text: string): readonly string[] => text.split(' ');
/** Element-wise steps that are no linear function of what they read: they tell the gate of an MLP. */
const ACTIVATIONS: ReadonlySet<string> = new Set(
  words(
    'Sigmoid Tanh Erf Gelu FastGelu BiasGelu QuickGelu Relu LeakyRelu Elu Selu Celu Softplus Softsign HardSigmoid HardSwish Swish Silu Mish Exp',
  ),
);
const ALL = 'all';
const FIRST = [0];
/** Inputs that carry what an operator makes something of; its other inputs are shapes, places, gains and the like. */
const CARRIES: ReadonlyMap<string, readonly number[] | 'all'> = new Map<string, readonly number[] | 'all'>([
  ...words(
    'Reshape Transpose Cast Split Slice Squeeze Unsqueeze Identity Expand Tile Flatten Gather Pad Dropout Clip',
  ).map((type) => [type, FIRST] as const),
  ...words('RotaryEmbedding QuantizeLinear DequantizeLinear DynamicQuantizeLinear').map(
    (type) => [type, FIRST] as const,
  ),
  ...words('LayerNormalization SimplifiedLayerNormalization RMSNormalization LpNormalization').map(
    (type) => [type, FIRST] as const,
  ),
  ...words('Pow ReduceMean ReduceSum ReduceSumSquare ReduceL2 Sqrt Reciprocal Neg Abs').map(
    (type) => [type, FIRST] as const,
  ),
  ...[...ACTIVATIONS].map((type) => [type, FIRST] as const),
  ...words('Add Sub Mul Div Concat Max Min Sum').map((type) => [type, ALL] as const),
  ['Where', [1, 2]],
  ['ScatterND', [0, 2]],
  ['ScatterElements', [0, 2]],
  ['TensorScatter', [0, 1]],
  ['SkipLayerNormalization', [0, 1]],
  ['SkipSimplifiedLayerNormalization', [0, 1]],
]);
/** Where what is traced has become a length or an angle. */
const UNRELATED: ReadonlySet<string> = new Set(words('Shape Size Range ConstantOfShape Cos Sin'));
const DOMAINS: ReadonlySet<string> = new Set(['', 'com.microsoft']);
/** No honest way through one layer reads more values, or more inputs. */
const MAX_VALUES = 128;
const MAX_INPUTS = 512;

/** What a value is made of, up to the nearest products with stored matrices. */
export interface Cone {
  readonly products: ReadonlySet<Product>;
  /** Attended values. */
  readonly attended: ReadonlySet<string>;
  /** Something else goes into it too: an input of the graph, a table, positions. */
  readonly open: boolean;
  /** An activation lies on the way. */
  readonly activated: boolean;
}

export interface Borders {
  /** By the value that comes of them. */
  readonly products: ReadonlyMap<string, Product>;
  readonly attended: ReadonlySet<string>;
}

/** Undefined where an operator on the way is not understood, or the way is longer than any within a layer. */
export function coneOf(index: GraphIndex, from: string, borders: Borders): Cone | undefined {
  const products = new Set<Product>();
  const attended = new Set<string>();
  const queue = [from];
  const seen = new Set(queue);
  let [open, activated, examined] = [false, false, 0];
  for (let at = 0; at < queue.length; at++) {
    const value = queue[at] as string;
    const product = borders.products.get(value);
    if (product) products.add(product);
    if (borders.attended.has(value)) attended.add(value);
    if (product || borders.attended.has(value)) continue;
    const constant = index.constants.get(value);
    if (constant) open ||= isMatrix(constant);
    const node = constant ? undefined : index.makers.get(value);
    if (!constant && (!node || UNRELATED.has(node.opType))) open = true;
    if (!node || UNRELATED.has(node.opType) || isScale(node, value)) continue;
    const inputs = carried(node);
    if (!inputs) return undefined;
    activated ||= ACTIVATIONS.has(node.opType);
    for (const input of inputs) {
      if (++examined > MAX_INPUTS) return undefined;
      if (seen.has(input)) continue;
      if (queue.length === MAX_VALUES) return undefined;
      seen.add(input);
      queue.push(input);
    }
  }
  return { products, attended, open, activated };
}

/** The size of the numbers that were quantized, which says nothing about them. */
function isScale(node: OnnxNode, value: string): boolean {
  return node.opType === 'DynamicQuantizeLinear' && node.outputs[0] !== value;
}

function carried({ opType, domain, inputs }: OnnxNode): string[] | undefined {
  const places = DOMAINS.has(domain) ? CARRIES.get(opType) : undefined;
  if (!places) return undefined;
  const carrying = places === ALL ? inputs : places.map((at) => inputs[at] ?? '');
  return carrying.filter((name) => name !== '');
}

const SAME: ReadonlySet<string> = new Set(
  words(
    'Cast Identity Reshape Squeeze Unsqueeze Flatten Transpose Dropout QuantizeLinear DequantizeLinear DynamicQuantizeLinear',
  ),
);
const MAX_STEPS = 16;

/** The value that this one is, but for its shape and how its numbers are stored. */
export function sourceOf(index: GraphIndex, value: string): string {
  let current = value;
  for (let step = 0; step < MAX_STEPS; step++) {
    const node = index.makers.get(current);
    const input = node?.inputs[0];
    if (!node || !input || !SAME.has(node.opType) || node.outputs[0] !== current) break;
    current = input;
  }
  return current;
}
