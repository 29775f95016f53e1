import { quoted } from '../failure.js';
import { duplicateKey } from '../json/parse.js';
import type { JsonReader } from '../json/reader.js';
import { DTYPES, type Dtype } from './dtypes.js';
import { invalid, overLimit } from './failure.js';
import type { SafetensorsFault } from './faults.js';
import { MAX_RANK } from './limits.js';

/** One tensor of the header; `begin` and `end` count from the first byte of data. */
export interface Entry {
  readonly name: string;
  readonly dtype: string;
  readonly dims: readonly number[];
  readonly begin: number;
  readonly end: number;
  /** Byte of its data_offsets in the file. */
  readonly at: number;
}

interface Fields {
  dtype?: Dtype;
  shape?: readonly number[];
  shapeAt: number;
  offsets?: readonly [number, number];
  offsetsAt: number;
}

/** Read the object that describes tensor `name` and check it in itself. */
export function readEntry(reader: JsonReader, name: string): Entry {
  const at = reader.offset;
  if (reader.kind() !== 'object') {
    throw invalid(
      reader.name,
      at,
      'SAFETENSORS_ENTRY',
      `tensor ${quoted(name)} is not described by an object`,
    );
  }
  const fields: Fields = { shapeAt: at, offsetsAt: at };
  reader.object((key, keyAt) => readField(reader, fields, key, keyAt));
  const { dtype, shape, offsets } = fields;
  if (dtype === undefined || shape === undefined || offsets === undefined) {
    const missing = dtype === undefined ? 'dtype' : shape === undefined ? 'shape' : 'data_offsets';
    throw invalid(reader.name, at, 'SAFETENSORS_FIELD_MISSING', `tensor ${quoted(name)} has no ${missing}`);
  }
  const [begin, end] = offsets;
  checkSpan(reader.name, { name, dtype, shape, span: end - begin }, fields);
  return { name, dtype: dtype.name, dims: shape, begin, end, at: fields.offsetsAt };
}

function readField(reader: JsonReader, fields: Fields, key: string, keyAt: number): void {
  const at = reader.offset;
  if (key === 'dtype' && fields.dtype === undefined) {
    fields.dtype = readDtype(reader, at);
  } else if (key === 'shape' && fields.shape === undefined) {
    fields.shapeAt = at;
    fields.shape = wholeNumbers(reader, 'SAFETENSORS_SHAPE', 'a shape', MAX_RANK);
  } else if (key === 'data_offsets' && fields.offsets === undefined) {
    fields.offsetsAt = at;
    fields.offsets = readOffsets(reader, at);
  } else if (key === 'dtype' || key === 'shape' || key === 'data_offsets') {
    throw duplicateKey<SafetensorsFault>(reader.name, key, keyAt, 'SAFETENSORS_KEY_DUPLICATE');
  } else {
    const what = `a tensor has the unknown field ${quoted(key)}; expected dtype, shape and data_offsets`;
    throw invalid(reader.name, keyAt, 'SAFETENSORS_FIELD_UNKNOWN', what);
  }
}

function readDtype(reader: JsonReader, at: number): Dtype {
  const name = reader.kind() === 'string' ? reader.string() : '';
  const dtype = DTYPES.get(name);
  if (dtype !== undefined) return dtype;
  throw invalid(reader.name, at, 'SAFETENSORS_DTYPE', `${quoted(name)} is no dtype of safetensors`);
}

function readOffsets(reader: JsonReader, at: number): readonly [number, number] {
  const [begin, end, more] = wholeNumbers(reader, 'SAFETENSORS_OFFSETS', 'data_offsets', MAX_RANK);
  if (begin === undefined || end === undefined || more !== undefined) {
    const what = 'data_offsets do not hold two numbers, begin and end';
    throw invalid(reader.name, at, 'SAFETENSORS_OFFSETS', what);
  }
  if (begin > end) {
    const what = `data_offsets begin at ${begin} and end before, at ${end}`;
    throw invalid(reader.name, at, 'SAFETENSORS_OFFSETS_REVERSED', what);
  }
  return [begin, end];
}

function wholeNumbers(
  reader: JsonReader,
  fault: 'SAFETENSORS_OFFSETS' | 'SAFETENSORS_SHAPE',
  what: string,
  limit: number,
): readonly number[] {
  const start = reader.offset;
  if (reader.kind() !== 'array') throw invalid(reader.name, start, fault, `${what} is not an array`);
  const numbers: number[] = [];
  reader.array(() => {
    const at = reader.offset;
    const value = reader.digits();
    if (typeof value !== 'number') {
      throw invalid(reader.name, at, fault, `${what} holds what is no whole number from 0 to 2^53`);
    }
    if (numbers.length === limit) {
      throw overLimit(reader.name, at, 'SAFETENSORS_RANK_LIMIT', `${what} has more than ${limit} numbers`);
    }
    numbers.push(value);
  });
  // Pushing reserves 17 slots, half of what a tensor costs.
  return numbers.slice();
}

interface Claim {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Bytes between begin and end. */
  readonly span: number;
}

function checkSpan(file: string, { name, dtype, shape, span }: Claim, at: Fields): void {
  const bits = bitsOf(shape, dtype.bits);
  if (bits === undefined) {
    const what = `the dimensions of tensor ${quoted(name)} multiply to more bits than any file has`;
    throw invalid(file, at.shapeAt, 'SAFETENSORS_SHAPE_OVERFLOW', what);
  }
  if (bits % 8 !== 0) {
    const what = `tensor ${quoted(name)} of ${dtype.bits}-bit elements does not end at a byte`;
    throw invalid(file, at.shapeAt, 'SAFETENSORS_UNALIGNED', what);
  }
  if (bits / 8 !== span) {
    const what = `data_offsets of tensor ${quoted(name)} span ${span} bytes; its shape and dtype need ${bits / 8}`;
    throw invalid(file, at.offsetsAt, 'SAFETENSORS_SPAN', what);
  }
}

/**
 * Bits of a tensor; undefined beyond 2^53. Doubles suffice: rounding is monotonic, so a product that was ever rounded
 * stays above 2^53. Dimensions of 0 do not hide an overflow of the others, which other readers multiply first.
 */
function bitsOf(dims: readonly number[], elementBits: number): number | undefined {
  let product = elementBits;
  let empty = false;
  for (const dim of dims) {
    if (dim === 0) empty = true;
    else product *= dim;
  }
  if (product > Number.MAX_SAFE_INTEGER) return undefined;
  return empty ? 0 : product;
}
