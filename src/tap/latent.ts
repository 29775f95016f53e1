import type { OnnxNode } from '../formats/onnx/types.js';
import { type GraphIndex, weightBehind } from './graph-index.js';
import { searchUp } from './search.js';

const PROJECTION = /^(MatMul|Gemm|MatMulNBits)$/;
/** What lies between the two projections of a latent: normalisation, and cutting off the rotary part. */
const NORM =
  /LayerNorm|RMSNorm|^(Mul|Div|Sqrt|Pow|ReduceMean|Reciprocal|Cast|Slice|Split|Identity|Reshape|Transpose|Concat)/;

/**
 * Whether keys come from a projection of another projection: multi-head latent attention (DeepSeek-V2,
 * arXiv 2405.04434, §2.1) compresses keys and values into one vector and expands it for every head. In other models a
 * residual sum or an embedding lies before the projection of the keys.
 */
export function isLatent(index: GraphIndex, keys: string): boolean {
  const up = searchUp(index, [keys], projection, ({ opType }) => !/MatMul|Gemm|Softmax|Shape/.test(opType));
  if (!up) return false;
  const [input = ''] = up.inputs;
  const down = searchUp(
    index,
    [input],
    projection,
    (node) => NORM.test(node.opType) || addsConstant(index, node),
  );
  return down !== undefined;

  function projection(node: OnnxNode): OnnxNode | undefined {
    const weighed = weightBehind(index, node.inputs[1]) !== undefined;
    return PROJECTION.test(node.opType) && weighed ? node : undefined;
  }
}

/** A bias or the epsilon of a norm, not a residual sum. */
function addsConstant(index: GraphIndex, { opType, inputs }: OnnxNode): boolean {
  return opType === 'Add' && inputs.some((name) => weightBehind(index, name) !== undefined);
}
