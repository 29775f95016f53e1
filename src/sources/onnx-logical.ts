import { posix } from 'node:path';
import { AssayError } from '../core/errors.js';
import type { StoredTensor, TensorRole, WeightTensor } from '../core/types.js';
import { dataType, packedBytes } from '../formats/onnx/data-types.js';
import type { OnnxTensor } from '../formats/onnx/types.js';
import type { GraphIndex } from '../tap/graph-index.js';
import { unpackBits } from '../weights/decode/bits.js';
import { FLOAT8 } from '../weights/decode/float8.js';
import { FLOATS } from '../weights/decode/floats.js';
import { roleOf } from '../weights/roles.js';
import { checkRows, shapeOf } from '../weights/rows.js';
import type { LogicalTensor, ReadTensor } from '../weights/types.js';
import { type OnnxQuantized, quantizedWeights } from './onnx-quantized.js';
import { weightTensors } from './onnx-weights.js';

/** The names that the decoders of floats know ONNX's types by. */
const FLOAT_NAMES: Readonly<Record<string, string>> = {
  DOUBLE: 'F64',
  FLOAT: 'F32',
  FLOAT16: 'F16',
  BFLOAT16: 'BF16',
  FLOAT8E4M3FN: 'F8_E4M3',
  FLOAT8E5M2: 'F8_E5M2',
  FLOAT8E4M3FNUZ: 'F8_E4M3FNUZ',
  FLOAT8E5M2FNUZ: 'F8_E5M2FNUZ',
};

/**
 * The weights of a graph with their numbers, named as in the graph; dimensions as the operator sees them, so that a
 * MatMul's are [in, out] and its role says transposed. `modelPath` is the .onnx file within the delivery.
 */
export function onnxLogicalTensors(index: GraphIndex, modelPath: string): LogicalTensor[] {
  const quantized = quantizedWeights(index);
  return weightTensors(index).flatMap((weight) => {
    const tensor = index.constants.get(weight.name);
    return tensor ? [logicalTensor(index, weight, tensor, quantized.get(weight.name), modelPath)] : [];
  });
}

function logicalTensor(
  index: GraphIndex,
  weight: WeightTensor,
  tensor: OnnxTensor,
  quantized: OnnxQuantized | undefined,
  modelPath: string,
): LogicalTensor {
  const stored = (each: OnnxTensor): StoredTensor => storedTensor(each, modelPath);
  const parts = [tensor, quantized?.scale, quantized?.zero].filter((part) => part !== undefined);
  return {
    ...weight,
    role: roleInGraph(index, tensor),
    parts: parts.map(stored),
    decode: decoder(tensor, quantized, weight.dims, modelPath),
  };
}

/** By its own name, or that of the operator that multiplies with it; which side is the output shows in the graph. */
function roleInGraph(index: GraphIndex, { name }: OnnxTensor): TensorRole {
  let current = name;
  let flips = 0;
  for (let hops = 0; hops < 6; hops++) {
    const user = index.users.get(current)?.[0];
    if (!user) break;
    if (/^(MatMul|Gemm|QLinearMatMul|QGemm|DynamicQuantizeMatMul)/.test(user.opType)) {
      const own = roleOf(name);
      const { transposed: _byName, ...role } = own.role === 'other' ? roleOf(user.name) : own;
      const outMajor = /NBits|Bnb4/.test(user.opType) || user.attributes.get('transB')?.int === 1;
      return outMajor === (flips % 2 === 0) ? role : { ...role, transposed: true };
    }
    if (user.opType === 'Transpose') flips++;
    else if (!/^(Cast|DequantizeLinear|Identity)$/.test(user.opType)) break;
    current = user.outputs[0] ?? '';
  }
  return roleOf(name);
}

function storedTensor(
  { name, dims, dataType: code, elements, storage }: OnnxTensor,
  modelPath: string,
): StoredTensor {
  const type = dataType(code);
  const bytes = type ? packedBytes(type, elements) : 0;
  const at =
    storage.kind === 'external'
      ? { file: posix.join(posix.dirname(modelPath), storage.location), offset: storage.offset }
      : { file: modelPath, offset: storage.kind === 'inline' ? storage.offset : 0 };
  return { name, dims, dtype: FLOAT_NAMES[type?.name ?? ''] ?? type?.name ?? `type ${code}`, bytes, ...at };
}

function decoder(
  tensor: OnnxTensor,
  quantized: OnnxQuantized | undefined,
  dims: readonly number[],
  modelPath: string,
): LogicalTensor['decode'] {
  const { rows, columns } = shapeOf(dims);
  const bytes: PartBytes = (read, part, offset, length) => {
    if (part.small) return Promise.resolve(part.small.subarray(offset, offset + length));
    if (part.storage.kind === 'typed') throw undecodable(part);
    return read(storedTensor(part, modelPath), offset, length);
  };
  return async (read, from, count) => {
    checkRows(tensor.name, rows, from, count);
    const numbers = await numbersOf(read, tensor, quantized, { from, count, columns }, bytes);
    if (!quantized) return numbers;
    const { scale, zero, layout, middle } = quantized;
    if (!scale || !layout) throw undecodable(tensor);
    const steps = await allOf(read, scale, bytes);
    const run = layout.axis === dims.length - 1 ? Math.ceil(columns / layout.run) : columns;
    const zeros = zero && (await zeroPoints(read, zero, quantized, run, bytes));
    for (let i = 0; i < numbers.length; i++) {
      const at = scaleAt(layout, dims, from + Math.floor(i / columns), i % columns);
      numbers[i] = (steps[at] as number) * ((numbers[i] as number) - (zeros?.[at] ?? middle));
    }
    return numbers;
  };
}

type PartBytes = (read: ReadTensor, part: OnnxTensor, offset: number, length: number) => Promise<Uint8Array>;

/** Place of the scale of a number; only matrices are decoded, so a row is a place of the first axis. */
function scaleAt(
  { axis, run }: NonNullable<OnnxQuantized['layout']>,
  dims: readonly number[],
  row: number,
  column: number,
): number {
  if (axis === null) return 0;
  const columns = dims[1] ?? 1;
  if (axis === 1) {
    const place = Math.floor(column / run);
    return run === 1 ? place : row * Math.ceil(columns / run) + place;
  }
  return run === 1 ? row : Math.floor(row / run) * columns + column;
}

/** Stored numbers of some rows. Rows of MatMulNBits are padded to whole blocks. */
async function numbersOf(
  read: ReadTensor,
  tensor: OnnxTensor,
  quantized: OnnxQuantized | undefined,
  { from, count, columns }: { readonly from: number; readonly count: number; readonly columns: number },
  bytes: PartBytes,
): Promise<Float32Array> {
  const stored = dataType(tensor.dataType);
  const bits = quantized?.quantization.bits ?? stored?.bits ?? 0;
  const wide = quantized?.quantization.method === 'MatMulNBits';
  const padded = wide
    ? Math.ceil(columns / Number(quantized.quantization.group)) * Number(quantized.quantization.group)
    : columns;
  const firstBit = from * padded * bits;
  const offset = Math.floor(firstBit / 8);
  const data = await bytes(read, tensor, offset, Math.ceil((firstBit + count * padded * bits) / 8) - offset);
  const all = convert(tensor, data, bits, count * padded, firstBit - 8 * offset);
  if (padded === columns) return all;
  const out = new Float32Array(count * columns);
  for (let row = 0; row < count; row++)
    out.set(all.subarray(row * padded, row * padded + columns), row * columns);
  return out;
}

/** Floats as they are, integers as floats. */
function convert(tensor: OnnxTensor, data: Uint8Array, bits: number, count: number, start = 0): Float32Array {
  const name = dataType(tensor.dataType)?.name ?? '';
  const out = new Float32Array(count);
  const float = FLOATS.get(FLOAT_NAMES[name] ?? '') ?? FLOAT8.get(FLOAT_NAMES[name] ?? '');
  if (float) {
    float.decode(data, out);
    return out;
  }
  const signed = name.startsWith('INT');
  if (bits <= 8 && /^U?INT(2|4|8)$/.test(name)) {
    const half = 2 ** (bits - 1);
    const numbers = unpackBits(data, bits, count, start);
    for (let i = 0; i < count; i++) {
      const value = numbers[i] as number;
      out[i] = signed && value >= half ? value - 2 * half : value;
    }
    return out;
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (!/^U?INT(16|32)$/.test(name)) throw undecodable(tensor);
  for (let i = 0; i < count; i++) {
    if (name.endsWith('16')) out[i] = signed ? view.getInt16(2 * i, true) : view.getUint16(2 * i, true);
    else out[i] = signed ? view.getInt32(4 * i, true) : view.getUint32(4 * i, true);
  }
  return out;
}

async function allOf(read: ReadTensor, part: OnnxTensor, bytes: PartBytes): Promise<Float32Array> {
  const bits = dataType(part.dataType)?.bits ?? 0;
  return convert(
    part,
    await bytes(read, part, 0, Math.ceil((part.elements * bits) / 8)),
    bits,
    part.elements,
  );
}

/** Of MatMulNBits and GatherBlockQuantized several in one byte, each row of them padded to whole bytes. */
async function zeroPoints(
  read: ReadTensor,
  zero: OnnxTensor,
  { quantization: { bits }, dims }: OnnxQuantized,
  perRow: number,
  bytes: PartBytes,
): Promise<Float32Array> {
  const packed = dataType(zero.dataType)?.name === 'UINT8' && bits < 8;
  if (!packed) return allOf(read, zero, bytes);
  const rowBytes = Math.ceil((perRow * bits) / 8);
  const { rows } = shapeOf(dims);
  const data = await bytes(read, zero, 0, zero.elements);
  const out = new Float32Array(rows * perRow);
  for (let row = 0; row < rows; row++)
    out.set(unpackBits(data.subarray(row * rowBytes, (row + 1) * rowBytes), bits, perRow), row * perRow);
  return out;
}

function undecodable({ name }: OnnxTensor): AssayError {
  return new AssayError('FORMAT_INVALID', `${name}: its numbers cannot be decoded from the graph.`, {
    hint: 'Deliver the weights as floats, or quantized by a documented operator.',
  });
}
