import type { OnnxNode } from '../formats/onnx/types.js';
import { type GraphIndex, smallIntegers, weightBehind } from './graph-index.js';
import { searchUp } from './search.js';

const MAX_RANK = 8;

export interface HeadSplit {
  readonly heads: number;
  /** 0 when unknown. */
  readonly headDim: number;
  /** Value [batch, heads, length, size]; null where queries, keys and values are split as one. */
  readonly value: string | null;
}

/** Where the search stops: the projection, another attention, or anything about shapes. */
const STOP = /^(MatMul|Gemm|Einsum|Softmax|Shape|Conv|Range|CumSum)|NBits|Bnb4|Integer|QLinear/;

/** The reshape to [batch, length, heads, size] that is transposed to put heads first, nearest to an attention product. */
export function headSplit(index: GraphIndex, name: string | undefined): HeadSplit | undefined {
  return searchUp(
    index,
    [name ?? ''],
    (node) => {
      const [value] = node.outputs;
      if (node.opType !== 'Transpose' || value === undefined) return undefined;
      const perm = node.attributes.get('perm')?.ints ?? [];
      const reshape = index.makers.get(node.inputs[0] ?? '');
      if (perm.length < 4 || perm.indexOf(perm.length - 2) >= perm.length - 2) return undefined;
      const split = reshape?.opType === 'Reshape' ? splitOf(index, reshape, perm.length) : undefined;
      return split && { ...split, value: perm.length === 4 ? value : null };
    },
    ({ opType }) => !STOP.test(opType),
  );
}

function splitOf(
  index: GraphIndex,
  reshape: OnnxNode,
  rank: number,
): { heads: number; headDim: number } | undefined {
  const target = targetShape(index, reshape.inputs[1]);
  if (target && target.length !== rank) return undefined;
  const [heads = 0, size = 0] = target?.slice(-2) ?? [];
  if (heads > 0) return { heads, headDim: Math.max(size, 0) };
  const width = heads === -1 && size > 0 ? projectedWidth(index, reshape.inputs[0]) : undefined;
  return width !== undefined && width % size === 0 ? { heads: width / size, headDim: size } : undefined;
}

/** The shape a Reshape asks for; computed dimensions are 0. */
function targetShape(index: GraphIndex, name: string | undefined): number[] | undefined {
  const constant = smallIntegers(index, name);
  if (constant) return constant;
  const node = index.makers.get(name ?? '');
  if (node?.opType !== 'Concat' || node.inputs.length > MAX_RANK) return undefined;
  return node.inputs.flatMap((part) => smallIntegers(index, part) ?? [0]);
}

/** Output width of the linear layer right before a reshape. */
function projectedWidth(index: GraphIndex, name: string | undefined): number | undefined {
  const node = index.makers.get(name ?? '');
  if (!node) return undefined;
  if (node.opType === 'MatMulNBits') return node.attributes.get('N')?.int;
  if (node.opType === 'MatMul' || node.opType === 'Gemm') {
    const weight = weightBehind(index, node.inputs[1]);
    const flipped = (node.attributes.get('transB')?.int === 1) !== (weight?.transposed ?? false);
    return weight?.tensor.dims.length === 2 ? weight.tensor.dims[flipped ? 0 : 1] : undefined;
  }
  if (node.opType !== 'Add' && node.opType !== 'Cast') return undefined;
  return projectedWidth(
    index,
    node.inputs.find((input) => weightBehind(index, input) === undefined),
  );
}
