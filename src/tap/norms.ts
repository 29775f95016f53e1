import type { OnnxNode, OnnxTensor } from '../formats/onnx/types.js';
import { sourceOf } from './cone.js';
import { type GraphIndex, weightBehind } from './graph-index.js';

/** What a norm multiplies with and adds. */
export interface Norm {
  readonly gain: OnnxTensor;
  readonly bias?: OnnxTensor;
}

/** Positions of gain and bias. */
const OPERATORS: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['LayerNormalization', [1, 2]],
  ['SimplifiedLayerNormalization', [1, -1]],
  ['RMSNormalization', [1, -1]],
  ['SkipLayerNormalization', [2, 3]],
  ['SkipSimplifiedLayerNormalization', [2, -1]],
]);
const SHAPES =
  /^(Cast|Identity|Reshape|Squeeze|Unsqueeze|Flatten|Transpose|(Dynamic)?QuantizeLinear|DequantizeLinear)$/;
const MAX_USERS = 64;

/** The norm that makes a value which nothing but `readers` reads. A residual stream that was normed is read further. */
export function normBefore(
  index: GraphIndex,
  value: string,
  width: number,
  readers: ReadonlySet<OnnxNode>,
): Norm | undefined {
  if (!isReadOnlyBy(index, value, readers)) return undefined;
  const node = index.makers.get(value);
  const places = OPERATORS.get(node?.opType ?? '');
  const vector = (name: string | undefined): OnnxTensor | undefined => {
    const tensor = weightBehind(index, name)?.tensor;
    return tensor?.elements === width ? tensor : undefined;
  };
  if (!node) return undefined;
  if (places) return normOf(vector(node.inputs[places[0]]), vector(node.inputs[places[1]]));
  if (node.opType !== 'Add') return normOf(gainIn(index, node, vector), undefined);
  const bias = node.inputs.map(vector).find((tensor) => tensor !== undefined);
  const scaled = index.makers.get(node.inputs.find((name) => vector(name) === undefined) ?? '');
  return bias && scaled ? normOf(gainIn(index, scaled, vector), bias) : undefined;
}

function normOf(gain: OnnxTensor | undefined, bias: OnnxTensor | undefined): Norm | undefined {
  return gain && { gain, ...(bias ? { bias } : {}) };
}

/** Of a norm written out: the vector that what was divided by its size is multiplied with. */
function gainIn(
  index: GraphIndex,
  { opType, inputs }: OnnxNode,
  vector: (name: string | undefined) => OnnxTensor | undefined,
): OnnxTensor | undefined {
  const [gain, ...others] = inputs.flatMap((name) => vector(name) ?? []);
  const rest = inputs.find((name) => vector(name) === undefined) ?? '';
  const divided = index.makers.get(sourceOf(index, rest))?.opType;
  return opType === 'Mul' && others.length === 0 && (divided === 'Div' || divided === 'Mul')
    ? gain
    : undefined;
}

function isReadOnlyBy(index: GraphIndex, value: string, readers: ReadonlySet<OnnxNode>): boolean {
  const queue = [value];
  for (let at = 0; at < queue.length; at++) {
    for (const node of index.users.get(queue[at] as string) ?? []) {
      if (readers.has(node) || node.opType === 'Shape') continue;
      if (!SHAPES.test(node.opType) || queue.length > MAX_USERS) return false;
      // The others of a dynamic quantization are its scale and zero point.
      queue.push(...node.outputs.slice(0, 1));
    }
  }
  return true;
}
