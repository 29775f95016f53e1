import { AssayError } from '../core/errors.js';
import type { StoredTensor } from '../core/types.js';
import { FLOAT8 } from './decode/float8.js';
import { FLOATS } from './decode/floats.js';
import { shapeOf } from './rows.js';
import type { ReadTensor } from './types.js';

/** Reading a column range row by row costs a read per row; whole rows are read instead while that wastes little. */
const WASTE = 4;
const CHUNK_BYTES = 2 ** 20;

/** Bytes of whole rows; a row runs along the last dimension. */
export function readRows(
  read: ReadTensor,
  tensor: StoredTensor,
  from: number,
  count: number,
): Promise<Uint8Array> {
  const rowBytes = tensor.bytes / shapeOf(tensor.dims).rows;
  return read(tensor, from * rowBytes, count * rowBytes);
}

/** Whole rows of a tensor of plain floats of 8 to 64 bits. */
export async function readFloats(
  read: ReadTensor,
  tensor: StoredTensor,
  from = 0,
  count = shapeOf(tensor.dims).rows,
): Promise<Float32Array> {
  const out = new Float32Array(count * shapeOf(tensor.dims).columns);
  decodeFloats(tensor, await readRows(read, tensor, from, count), out);
  return out;
}

/** The floats that the bytes of part of `tensor` stand for. */
export function decodeFloats(tensor: StoredTensor, bytes: Uint8Array, out: Float32Array): void {
  const type = FLOATS.get(tensor.dtype) ?? FLOAT8.get(tensor.dtype);
  if (!type)
    throw new AssayError('FORMAT_INVALID', `${tensor.name}: expected floats, found ${tensor.dtype}.`, {
      hint: 'Scales of quantized weights are floats; the file mixes up its tensors.',
    });
  type.decode(bytes, out);
}

export function isFloat({ dtype }: StoredTensor): boolean {
  return FLOATS.has(dtype) || FLOAT8.has(dtype);
}

/** Bytes `from` to `from + length` of every row, one row after the other; memory is bounded by what is returned. */
export async function readColumns(
  read: ReadTensor,
  tensor: StoredTensor,
  from: number,
  length: number,
): Promise<Uint8Array> {
  const { rows } = shapeOf(tensor.dims);
  const rowBytes = tensor.bytes / rows;
  if (length === rowBytes) return read(tensor, 0, tensor.bytes);
  const out = new Uint8Array(rows * length);
  const whole = length * WASTE >= rowBytes;
  const step = whole ? Math.max(1, Math.floor(CHUNK_BYTES / rowBytes)) : 1;
  for (let row = 0; row < rows; row += step) {
    const some = Math.min(step, rows - row);
    if (!whole) out.set(await read(tensor, row * rowBytes + from, length), row * length);
    else {
      const bytes = await read(tensor, row * rowBytes, some * rowBytes);
      for (let i = 0; i < some; i++)
        out.set(bytes.subarray(i * rowBytes + from, i * rowBytes + from + length), (row + i) * length);
    }
  }
  return out;
}
