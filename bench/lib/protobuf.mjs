// The few protobuf field types an ONNX graph needs.
const UTF8 = new TextEncoder();

function varint(value) {
  const out = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 0x80n; rest >>= 7n) out.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.from([...out, Number(rest)]);
}

export const int = (field, value) => Buffer.concat([varint(field * 8), varint(value)]);

export const float = (field, value) =>
  Buffer.concat([varint(field * 8 + 5), new Uint8Array(Float32Array.of(value).buffer)]);

/** Text, bytes, or a message given by its fields. */
export function len(field, ...parts) {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? UTF8.encode(part) : part)));
  return Buffer.concat([varint(field * 8 + 2), varint(body.length), body]);
}
