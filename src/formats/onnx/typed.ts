import { TYPED_FIELDS } from './data-types.js';
import { BYTES, FIXED32, FIXED64, type Field, VARINT } from './field.js';
import { MAX_SMALL_TYPED_BYTES } from './limits.js';
import type { WireReader } from './reader.js';
import { decodeVarint } from './varint.js';

/** Elements stored outside `raw_data`: counted, and kept while they are few. */
export interface TypedData {
  /** TensorProto field numbers seen with data. */
  readonly fields: Set<number>;
  bytes: number;
  /** Strings seen. */
  strings: number;
  /** Unsigned halves of every element, null once there are too many to matter. */
  values: { readonly low: number; readonly high: number }[] | null;
}

/** Wire type of one element of a typed field. */
export function typedWire(number: number): number {
  if (number === TYPED_FIELDS.float) return FIXED32;
  return number === TYPED_FIELDS.double ? FIXED64 : VARINT;
}

export async function collectTyped(reader: WireReader, field: Field, into: TypedData): Promise<void> {
  const length = field.to - field.from;
  if (length === 0 && field.number !== TYPED_FIELDS.string) return;
  into.fields.add(field.number);
  into.bytes += length;
  if (field.number === TYPED_FIELDS.string) {
    reader.expect(field, BYTES);
    into.strings++;
    return;
  }
  const wire = typedWire(field.number);
  if (field.wire !== BYTES) reader.expect(field, wire);
  if (into.bytes > MAX_SMALL_TYPED_BYTES) into.values = null;
  if (into.values === null) return;
  if (field.wire === BYTES) into.values.push(...(await unpacked(reader, field, wire)));
  else into.values.push({ low: field.low, high: field.high });
}

async function unpacked(reader: WireReader, field: Field, wire: number) {
  const bytes = await reader.bytes(field);
  return wire === VARINT
    ? varints(reader, field, bytes)
    : fixed(reader, field, bytes, wire === FIXED64 ? 8 : 4);
}

function varints(reader: WireReader, field: Field, bytes: Uint8Array) {
  const out = [];
  for (let at = 0; at < bytes.byteLength; ) {
    const value = decodeVarint(bytes, at, bytes.byteLength);
    if (typeof value === 'string') {
      throw reader.invalid(
        'ONNX_VARINT',
        field.from + at,
        `a packed integer of field ${field.number} is ${value}`,
      );
    }
    out.push({ low: value.low, high: value.high });
    at += value.length;
  }
  return out;
}

function fixed(reader: WireReader, field: Field, bytes: Uint8Array, width: number) {
  if (bytes.byteLength % width !== 0) {
    throw reader.invalid(
      'ONNX_DATA_SIZE',
      field.at,
      `field ${field.number} has ${bytes.byteLength} bytes; expected a multiple of ${width}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out = [];
  for (let at = 0; at < bytes.byteLength; at += width) {
    out.push({ low: view.getUint32(at, true), high: width === 8 ? view.getUint32(at + 4, true) : 0 });
  }
  return out;
}
