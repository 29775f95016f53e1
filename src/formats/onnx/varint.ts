/** A decoded varint: unsigned 32-bit halves and the bytes it took. */
export interface Varint {
  readonly low: number;
  readonly high: number;
  readonly length: number;
}

/**
 * Decode the varint at `at`. `incomplete` when the bytes end first, `overlong` when it does not fit in 64 bits
 * (more than ten bytes, or more than one bit in the tenth).
 */
export function decodeVarint(bytes: Uint8Array, at: number, end: number): Varint | 'incomplete' | 'overlong' {
  let low = 0;
  let high = 0;
  for (let i = 0; i < 10; i++) {
    if (at + i >= end) return 'incomplete';
    const byte = bytes[at + i] as number;
    const bits = byte & 0x7f;
    if (i < 4) low |= bits << (7 * i);
    else if (i === 4) {
      low |= bits << 28;
      high = bits >>> 4;
    } else if (i < 9) high |= bits << (7 * i - 32);
    else if (byte > 1) return 'overlong';
    else high |= bits << 31;
    if (byte < 0x80) return { low: low >>> 0, high: high >>> 0, length: i + 1 };
  }
  return 'overlong';
}

/** Two's-complement value as the nearest double; exact when it is a safe integer. */
export function signed64(halves: { readonly low: number; readonly high: number }): number {
  return (halves.high | 0) * 2 ** 32 + halves.low;
}
