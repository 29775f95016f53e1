const halves = halfTable();

/** The IEEE 754 binary16 number whose little-endian bytes start at `at`. */
export function half(bytes: Uint8Array, at: number): number {
  return halves[(bytes[at] as number) | ((bytes[at + 1] as number) << 8)] as number;
}

/** Every binary16 number, by its bits: a look-up is three times as fast as moving exponents. */
function halfTable(): Float32Array {
  const table = new Float32Array(65_536);
  for (let bits = 0; bits < 65_536; bits++) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 0) table[bits] = sign * fraction * 2 ** -24;
    else if (exponent < 31) table[bits] = sign * (1024 + fraction) * 2 ** (exponent - 25);
    else table[bits] = fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  }
  return table;
}
