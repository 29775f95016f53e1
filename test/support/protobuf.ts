/** Writes protobuf by hand, valid or not. A message is the concatenation of its fields. */
const UTF8 = new TextEncoder();

export function bytes(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Two's complement in 64 bits, so a negative number takes ten bytes. */
export function varint(value: number | bigint): Uint8Array {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 0x80n; rest >>= 7n) out.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.from([...out, Number(rest)]);
}

export function key(field: number, wire: number): Uint8Array {
  return varint(BigInt(field) * 8n + BigInt(wire));
}

export function int(field: number, value: number | bigint): Uint8Array {
  return bytes(key(field, 0), varint(value));
}

export function float(field: number, value: number): Uint8Array {
  return bytes(key(field, 5), new Uint8Array(Float32Array.of(value).buffer));
}

export function double(field: number, value: number): Uint8Array {
  return bytes(key(field, 1), new Uint8Array(Float64Array.of(value).buffer));
}

/** A length-delimited field: text, bytes, or a message given by its fields. */
export function len(field: number, ...payload: readonly (Uint8Array | string)[]): Uint8Array {
  const body = bytes(...payload.map((part) => (typeof part === 'string' ? UTF8.encode(part) : part)));
  return bytes(key(field, 2), varint(body.byteLength), body);
}

export function packed(field: number, ...values: readonly (number | bigint)[]): Uint8Array {
  return len(field, ...values.map(varint));
}
