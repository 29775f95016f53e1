import { BYTES, type Field, VARINT } from './field.js';
import { FIELD_COST, MAX_LIST_BYTES } from './limits.js';
import type { WireReader } from './reader.js';
import { decodeVarint, signed64 } from './varint.js';

/** Append the values of a repeated int64 field, packed or not. `accept` checks one value. */
export async function integers(
  reader: WireReader,
  field: Field,
  into: number[],
  accept: (value: number, at: number) => number,
): Promise<void> {
  if (field.wire !== BYTES) {
    reader.expect(field, VARINT);
    into.push(accept(signed64(field), field.at));
    return;
  }
  if (field.to - field.from > MAX_LIST_BYTES) {
    const found = `a list has ${field.to - field.from} bytes; the limit is ${MAX_LIST_BYTES}`;
    throw reader.overLimit('ONNX_LIST_LENGTH', field.at, found);
  }
  const bytes = await reader.bytes(field);
  for (let at = 0; at < bytes.byteLength; ) {
    const value = decodeVarint(bytes, at, bytes.byteLength);
    if (typeof value === 'string') {
      throw reader.invalid(
        'ONNX_VARINT',
        field.from + at,
        `a packed integer of field ${field.number} is ${value}`,
      );
    }
    reader.budget.charge(FIELD_COST, field.at);
    into.push(accept(signed64(value), field.from + at));
    at += value.length;
  }
}
