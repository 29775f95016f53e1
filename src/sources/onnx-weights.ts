import type { WeightTensor } from '../core/types.js';
import { dataType } from '../formats/onnx/data-types.js';
import type { OnnxNode, OnnxTensor } from '../formats/onnx/types.js';
import { type GraphIndex, weightBehind } from '../tap/graph-index.js';
import { quantizedWeights } from './onnx-quantized.js';

interface Packed {
  readonly dims: readonly number[];
  readonly bits: number;
}

/** Inputs that hold scales, zero points, permutations or rotary tables: numbers about weights, not weights. */
const AUXILIARY: Readonly<Record<string, readonly number[]>> = {
  DequantizeLinear: [1, 2],
  QuantizeLinear: [1, 2],
  MatMulNBits: [2, 3, 4],
  MatMulBnb4: [2],
  GatherBlockQuantized: [2, 3],
  MatMulInteger: [2, 3],
  QLinearMatMul: [1, 2, 4, 5, 6, 7],
  DynamicQuantizeMatMul: [2, 3],
  MatMulIntegerToFloat: [2, 3, 4, 5],
  GroupQueryAttention: [7, 8],
};
const ROTARY_TABLES = { '': [1, 2], 'com.microsoft': [2, 3] } as const;
/** Representation changes between stored integers and the operator that multiplies with them. */
const MOVES = new Set('Cast Transpose Reshape Slice Gather Identity Squeeze Unsqueeze'.split(' '));
const RESCALES = new Set(['Mul', 'Sub', 'Div']);
const MULTIPLIES =
  /^(MatMul|Gemm|Einsum|Conv|DequantizeLinear)|Integer|NBits|Bnb4|Quantized?|QLinear|^Q[A-Z]/;
const MAX_HOPS = 6;
/** Operators whose attributes say how many numbers a stored byte holds. */
const PACKED = new Set(['MatMulNBits', 'MatMulBnb4', 'GatherBlockQuantized', 'QMoE']);

/** Stored weights with logical dimensions. Masks, lookup tables, scales and zero points are left out. */
export function weightTensors(index: GraphIndex): WeightTensor[] {
  const quantized = quantizedWeights(index);
  return index.tensors.flatMap((tensor) => {
    const found = quantized.get(tensor.name);
    const logical = found && PACKED.has(found.quantization.method) ? found.quantization : undefined;
    const type = dataType(tensor.dataType);
    // Vectors in Constant nodes are shapes and rotary frequencies.
    if (tensor.dims.length < 2 && index.makers.get(tensor.name) !== undefined) return [];
    if (!logical && (isAuxiliary(index, tensor) || isTable(index, tensor))) return [];
    return [
      {
        name: tensor.name,
        dims: found?.dims ?? tensor.dims,
        type: logical ? `INT${logical.bits}` : (type?.name ?? `type ${tensor.dataType}`),
        bits: logical?.bits ?? type?.bits ?? 0,
        ...(found ? { quantization: found.quantization } : {}),
      },
    ];
  });
}

/** Rows of bytes hold 8 / bits numbers each; types below 8 bits already count numbers. */
function unpackedRows({ dims, dataType: code }: OnnxTensor, bits: number): Packed {
  const stored = dataType(code)?.bits ?? 8;
  const times = stored > bits ? stored / bits : 1;
  return { dims: dims.map((dim, axis) => (axis === dims.length - 1 ? dim * times : dim)), bits };
}

function isAuxiliary(index: GraphIndex, { name }: OnnxTensor): boolean {
  const users = index.users.get(name) ?? [];
  return users.length > 0 && users.every((node) => auxiliaryInputs(node).includes(node.inputs.indexOf(name)));
}

function auxiliaryInputs({ opType, domain }: OnnxNode): readonly number[] {
  if (opType === 'RotaryEmbedding') return ROTARY_TABLES[domain === '' ? '' : 'com.microsoft'];
  return AUXILIARY[opType] ?? [];
}

/** Integers that no operator multiplies with: causal masks, buckets, shapes. */
function isTable(index: GraphIndex, tensor: OnnxTensor): boolean {
  const type = dataType(tensor.dataType)?.name ?? '';
  if (!/^U?INT|^BOOL/.test(type) || tensor.dims.length < 2) return false;
  return !isMultiplied(index, tensor.name, MAX_HOPS);
}

function isMultiplied(index: GraphIndex, name: string, hops: number): boolean {
  if (hops === 0) return false;
  return (index.users.get(name) ?? []).some((node) => {
    if (node.domain !== '' || MULTIPLIES.test(node.opType)) return true;
    const rescales =
      RESCALES.has(node.opType) &&
      node.inputs.every((other) => other === name || weightBehind(index, other) !== undefined);
    if (!rescales && !(MOVES.has(node.opType) && node.inputs[0] === name)) return false;
    return node.outputs.some((output) => isMultiplied(index, output, hops - 1));
  });
}

/**
 * Dimensions [vocabulary, hidden] of the table that rows are read from by token id; without one, of the longest
 * table any Gather reads, since position tables are usually shorter.
 */
export function findEmbedding(index: GraphIndex, width: number | undefined): [number, number] | null {
  const tables = tablesOf(index);
  const byToken = tables.filter(({ token }) => token);
  const chosen = byToken.find(({ dims }) => dims[1] === width) ?? byToken[0];
  if (chosen) return chosen.dims;
  return [...tables].sort((a, b) => b.dims[0] - a.dims[0])[0]?.dims ?? null;
}

export interface Table {
  readonly tensor: OnnxTensor;
  /** [rows, columns], whatever the order they are stored in. */
  readonly dims: [number, number];
  readonly transposed: boolean;
  /** Rows are read by token id. */
  readonly token: boolean;
  /** Value with the rows. */
  readonly output: string;
}

/** Tables that rows are read from. */
export function tablesOf(index: GraphIndex): Table[] {
  return index.nodes.flatMap((node) => tableOf(index, node));
}

function tableOf(index: GraphIndex, node: OnnxNode): Table[] {
  const fused = /EmbedLayerNormalization$/.test(node.opType);
  if (!fused && node.opType !== 'Gather' && node.opType !== 'GatherBlockQuantized') return [];
  const weight = weightBehind(index, node.inputs[fused ? 2 : 0]);
  if (weight?.tensor.dims.length !== 2) return [];
  const dims =
    node.opType === 'GatherBlockQuantized'
      ? unpackedRows(weight.tensor, node.attributes.get('bits')?.int || 4).dims
      : weight.tensor.dims;
  const [rows, columns] = weight.transposed ? [dims[1], dims[0]] : dims;
  if (!rows || !columns) return [];
  const { tensor, transposed } = weight;
  const [output = ''] = node.outputs;
  const token = fused || fromTokenIds(index, node.inputs[1]);
  return [{ tensor, transposed, dims: [rows, columns], token, output }];
}

function fromTokenIds(index: GraphIndex, name: string | undefined): boolean {
  let current = name;
  for (let hops = 0; current !== undefined && hops < MAX_HOPS; hops++) {
    const node = index.makers.get(current);
    if (!node) return /(^|[._/])input_?ids?$/i.test(current);
    if (!/^(Cast|Identity|Reshape|Unsqueeze|Squeeze|Clip|Flatten|Max|Min)$/.test(node.opType)) return false;
    current = node.inputs[0];
  }
  return false;
}
