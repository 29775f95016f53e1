import type { OnnxTensor } from '../formats/onnx/types.js';
import { type GraphIndex, weightBehind } from './graph-index.js';
import type { Product } from './products.js';

/** Operators that add a third input themselves. */
const ADDING = new Set(['Gemm', 'Attention', 'QAttention']);
/** What may lie between a product and its bias: the scale of a quantized one, and a change of shape or type. */
const BETWEEN = new Set(['Cast', 'Mul', 'Reshape']);
const MAX_HOPS = 4;

/** The vector that is added to all that a product gives. */
export function biasOf(index: GraphIndex, { node, output, rows }: Product): OnnxTensor | undefined {
  const vector = (name: string | undefined): OnnxTensor | undefined => {
    const tensor = weightBehind(index, name)?.tensor;
    return tensor?.elements === rows ? tensor : undefined;
  };
  if (ADDING.has(node.opType)) return vector(node.inputs[2]);
  let value = output;
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const [user, ...others] = index.users.get(value) ?? [];
    if (!user || others.length > 0) return undefined;
    if (user.opType === 'Add') return user.inputs.map(vector).find((tensor) => tensor !== undefined);
    if (!BETWEEN.has(user.opType)) return undefined;
    value = user.outputs[0] ?? '';
  }
  return undefined;
}
