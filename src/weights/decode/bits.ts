/**
 * Unsigned numbers of `bits` bits each (at most 8) from bit `start`, packed without gaps, least significant first.
 * Words that are stored little-endian and filled from their low end are such a stream, whether or not `bits` divides 32.
 */
export function unpackBits(bytes: Uint8Array, bits: number, count: number, start = 0): Uint8Array {
  const out = new Uint8Array(count);
  const mask = (1 << bits) - 1;
  for (let i = 0, bit = start; i < count; i++, bit += bits) {
    const at = bit >> 3;
    const pair = (bytes[at] as number) | ((bytes[at + 1] ?? 0) << 8);
    out[i] = (pair >> (bit & 7)) & mask;
  }
  return out;
}

/** Bytes as two's complement, in place. */
export function signed(bytes: Uint8Array): Int8Array {
  return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Little-endian 32-bit integers. */
export function integers32(bytes: Uint8Array): Int32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int32Array.from({ length: bytes.length / 4 }, (_, i) => view.getInt32(4 * i, true));
}
