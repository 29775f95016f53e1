import type { StoredTensor } from '../../core/types.js';
import { quoted } from '../failure.js';
import type { GgufCursor } from './cursor.js';
import { type GgmlType, ggmlType, isRemovedType } from './ggml-types.js';
import { ENTRY_COST, MAX_NAME_BYTES, MAX_RANK } from './limits.js';
import { readName } from './text.js';

const NAME = {
  what: 'tensor name',
  room: MAX_NAME_BYTES - 1,
  length: 'GGUF_NAME_LENGTH',
  text: 'GGUF_NAME_TEXT',
} as const;

const INT64_MAX = 2n ** 63n - 1n;

/** Tensors with offsets counted from the start of the data, which is known once all are read. */
export interface TensorList {
  readonly tensors: readonly StoredTensor[];
  /** Bytes of all tensors, each padded to the alignment. */
  readonly paddedBytes: bigint;
}

export async function readTensors(cursor: GgufCursor, count: number, alignment: number): Promise<TensorList> {
  const names = new Set<string>();
  const tensors: StoredTensor[] = [];
  let end = 0n;
  for (let i = 0; i < count; i++) {
    const tensor = await readTensor(cursor, names, end);
    tensors.push(tensor);
    end = padded(end + BigInt(tensor.bytes), alignment);
  }
  return { tensors, paddedBytes: end };
}

export function padded(bytes: bigint, alignment: number): bigint {
  const unit = BigInt(alignment);
  return ((bytes + unit - 1n) / unit) * unit;
}

async function readTensor(cursor: GgufCursor, names: Set<string>, expected: bigint): Promise<StoredTensor> {
  const at = cursor.position;
  const name = await readName(cursor, NAME);
  if (names.has(name))
    throw cursor.invalid('GGUF_NAME_DUPLICATE', at, `there are two tensors ${quoted(name)}`);
  names.add(name);
  cursor.charge(ENTRY_COST, at);
  const shapeAt = cursor.position;
  const sizes = await readShape(cursor, name);
  const typeAt = cursor.position;
  const type = await readType(cursor, name);
  if (Number((sizes[0] ?? 1n) % BigInt(type.values)) !== 0) {
    const what = `tensor ${quoted(name)} has rows of ${sizes[0] ?? 1n}; blocks of ${type.name} hold ${type.values}`;
    throw cursor.invalid('GGUF_BLOCK', typeAt, what);
  }
  const elements = sizes.reduce((product, size) => product * size, 1n);
  if (elements > INT64_MAX) {
    const what = `tensor ${quoted(name)} has ${elements} elements; expected fewer than 2^63`;
    throw cursor.invalid('GGUF_ELEMENTS', shapeAt, what);
  }
  const bytes = (elements / BigInt(type.values)) * BigInt(type.bytes);
  await readOffset(cursor, name, expected);
  checkEnd(cursor, name, expected + bytes);
  const dims = sizes.map(Number).reverse();
  const offset = Number(expected);
  return { name, dims, dtype: type.name, file: cursor.file, offset, bytes: Number(bytes) };
}

/** ne[0] first: the sizes of a row, a matrix, and so on outwards. */
async function readShape(cursor: GgufCursor, name: string): Promise<bigint[]> {
  const rankAt = cursor.position;
  const rank = await cursor.u32();
  if (rank > MAX_RANK) {
    const what = `tensor ${quoted(name)} has ${rank} dimensions; expected at most ${MAX_RANK}`;
    throw cursor.invalid('GGUF_RANK', rankAt, what);
  }
  const at = cursor.position;
  const view = await cursor.take(8 * rank);
  return Array.from({ length: rank }, (_, i) => {
    const size = view.getBigInt64(8 * i, true);
    if (size > 0n) return size;
    const what = `tensor ${quoted(name)} has a dimension of ${size}; expected 1 or more`;
    throw cursor.invalid('GGUF_DIMENSION', at + 8 * i, what);
  });
}

async function readType(cursor: GgufCursor, name: string): Promise<GgmlType> {
  const at = cursor.position;
  const id = await cursor.u32();
  const type = ggmlType(id);
  if (type !== undefined) return type;
  const fault = isRemovedType(id) ? 'GGUF_TENSOR_TYPE_REMOVED' : 'GGUF_TENSOR_TYPE';
  const found = isRemovedType(id) ? 'which no reader takes any more' : 'which is not one of ggml’s';
  throw cursor.invalid(fault, at, `tensor ${quoted(name)} has type ${id}, ${found}`);
}

async function readOffset(cursor: GgufCursor, name: string, expected: bigint): Promise<void> {
  const at = cursor.position;
  const offset = (await cursor.take(8)).getBigUint64(0, true);
  if (offset === expected) return;
  const what = `tensor ${quoted(name)} starts at ${offset}; the tensors before it end at ${expected}`;
  throw cursor.invalid('GGUF_OFFSET', at, what);
}

/** `end` counts from the start of the data, or of the file once that is known. */
export function checkEnd(cursor: GgufCursor, name: string, end: bigint): void {
  if (end <= cursor.size) return;
  const what = `the file ends; the data of tensor ${quoted(name)} end at least at ${end}`;
  throw cursor.truncated('GGUF_DATA_END', cursor.size, what);
}
