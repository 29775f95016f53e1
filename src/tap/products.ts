import type { OnnxNode, OnnxTensor } from '../formats/onnx/types.js';
import { type GraphIndex, weightBehind } from './graph-index.js';
import { integerOf } from './site.js';

/** A stored matrix and the one operator that multiplies something computed with it. */
export interface Product {
  readonly node: OnnxNode;
  readonly tensor: OnnxTensor;
  /** Names of values: what is multiplied, and what comes of it. */
  readonly input: string;
  readonly output: string;
  /** Widths of output and input. */
  readonly rows: number;
  readonly columns: number;
  /** Stored as [in, out]. */
  readonly transposed: boolean;
}

/** Positions of what is multiplied and of the matrix. */
const PLACES: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['MatMul', [0, 1]],
  ['Gemm', [0, 1]],
  ['MatMulInteger', [0, 1]],
  ['QLinearMatMul', [0, 3]],
  ['com.microsoft.FusedMatMul', [0, 1]],
  ['com.microsoft.MatMulNBits', [0, 1]],
  ['com.microsoft.MatMulBnb4', [0, 1]],
  ['com.microsoft.MatMulIntegerToFloat', [0, 1]],
  ['com.microsoft.DynamicQuantizeMatMul', [0, 1]],
  ['com.microsoft.QGemm', [0, 3]],
  ['com.microsoft.Attention', [0, 1]],
  ['com.microsoft.QAttention', [0, 1]],
]);
const PACKED = /^MatMul(NBits|Bnb4)$/;

export function productOf(index: GraphIndex, node: OnnxNode): Product | undefined {
  const places = PLACES.get(node.domain === '' ? node.opType : `${node.domain}.${node.opType}`);
  const weight = places && weightBehind(index, node.inputs[places[1]]);
  const input = places && node.inputs[places[0]];
  const [output] = node.outputs;
  if (!weight || !input || !output || weightBehind(index, input)) return undefined;
  if (integerOf(node, 'transA') || integerOf(node, 'transBatchA') || integerOf(node, 'transBatchB'))
    return undefined;
  const common = { node, tensor: weight.tensor, input, output };
  if (PACKED.test(node.opType)) {
    const [rows, columns] = [integerOf(node, 'N'), integerOf(node, 'K')];
    return rows > 1 && columns > 1 ? { ...common, rows, columns, transposed: false } : undefined;
  }
  const [first = 0, second = 0, ...rest] = weight.tensor.dims;
  if (rest.length > 0 || first < 2 || second < 2) return undefined;
  const outMajor = (integerOf(node, 'transB') === 1) !== weight.transposed;
  // Stored [out, in] where the operator takes [out, in] after an even number of transposes.
  const [rows, columns] = outMajor ? [first, second] : [second, first];
  return { ...common, rows, columns, transposed: !outMajor };
}

const MULTIPLIES = /MatMul|Gemm|Einsum|Conv|MoE|NBits|Bnb4|LSTM|GRU|RNN|Attention$/;

/** Whether a node multiplies with stored weights in any way, an inverse frequency or another vector not counted. */
export function holdsWeights(index: GraphIndex, { opType, inputs }: OnnxNode): boolean {
  return MULTIPLIES.test(opType) && inputs.some((name) => isMatrix(weightBehind(index, name)?.tensor));
}

export function isMatrix(tensor: OnnxTensor | undefined): boolean {
  return tensor !== undefined && tensor.dims.filter((dim) => dim > 1).length >= 2;
}
