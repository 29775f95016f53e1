import { type OnnxDataType, TYPED_FIELDS } from './data-types.js';
import { SMALL_TENSOR_BYTES } from './limits.js';
import type { TypedData } from './typed.js';

/**
 * Typed elements as `raw_data` would hold them, when they fit into a small tensor.
 * Integers narrower than their varint are truncated as protobuf truncates them; types below 8 bits arrive
 * already packed, one byte per varint.
 */
export function smallFromTyped(type: OnnxDataType, typed: TypedData): Uint8Array | undefined {
  if (typed.values === null || type.field === TYPED_FIELDS.string) return undefined;
  const width = valueWidth(type);
  const bytes = new Uint8Array(typed.values.length * width);
  if (bytes.byteLength > SMALL_TENSOR_BYTES) return undefined;
  const view = new DataView(bytes.buffer);
  typed.values.forEach(({ low, high }, i) => {
    const at = i * width;
    if (width === 1) view.setUint8(at, low & 0xff);
    else if (width === 2) view.setUint16(at, low & 0xffff, true);
    else view.setUint32(at, low, true);
    if (width === 8) view.setUint32(at + 4, high, true);
  });
  return bytes;
}

/** Bytes of one stored value; a complex element is two of them. */
function valueWidth(type: OnnxDataType): number {
  if (type.field === TYPED_FIELDS.float) return 4;
  if (type.field === TYPED_FIELDS.double) return 8;
  return Math.max(8, type.bits) / 8;
}
