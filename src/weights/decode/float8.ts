import type { BlockType } from './block-type.js';

interface Float8 {
  readonly exponentBits: number;
  readonly bias: number;
  /** The patterns that are no numbers. */
  readonly special: 'ieee' | 'finite' | 'unsigned-zero';
}

/** OCP 8-bit floats, and the FNUZ variants of AMD: no infinity, and the pattern of minus zero is NaN. */
const TYPES: Readonly<Record<string, Float8>> = {
  F8_E4M3: { exponentBits: 4, bias: 7, special: 'finite' },
  F8_E5M2: { exponentBits: 5, bias: 15, special: 'ieee' },
  F8_E4M3FNUZ: { exponentBits: 4, bias: 8, special: 'unsigned-zero' },
  F8_E5M2FNUZ: { exponentBits: 5, bias: 16, special: 'unsigned-zero' },
};

/** One byte per number, by the names that safetensors gives them. E8M0 is a power of two: a scale, never a weight. */
export const FLOAT8: ReadonlyMap<string, BlockType> = new Map([
  ...Object.entries(TYPES).map(([name, type]) => [name, byTable(tableOf(type))] as const),
  [
    'F8_E8M0',
    byTable(Float32Array.from({ length: 256 }, (_, i) => (i === 255 ? Number.NaN : 2 ** (i - 127)))),
  ],
]);

function byTable(table: Float32Array): BlockType {
  return {
    values: 1,
    bytes: 1,
    decode: (bytes, out) => {
      for (let i = 0; i < out.length; i++) out[i] = table[bytes[i] as number] as number;
    },
  };
}

function tableOf({ exponentBits, bias, special }: Float8): Float32Array {
  const fractionBits = 7 - exponentBits;
  const highest = 2 ** exponentBits - 1;
  return Float32Array.from({ length: 256 }, (_, byte) => {
    const sign = byte & 0x80 ? -1 : 1;
    const exponent = (byte & 0x7f) >> fractionBits;
    const fraction = (byte & (2 ** fractionBits - 1)) / 2 ** fractionBits;
    if (special === 'unsigned-zero' && byte === 0x80) return Number.NaN;
    if (special === 'finite' && (byte & 0x7f) === 0x7f) return Number.NaN;
    if (special === 'ieee' && exponent === highest) return fraction === 0 ? sign / 0 : Number.NaN;
    return exponent === 0
      ? sign * fraction * 2 ** (1 - bias)
      : sign * (1 + fraction) * 2 ** (exponent - bias);
  });
}
