import { half } from '../../weights/decode/half.js';

/** Largest magnitude of a 4-bit number stored around 8. */
const NIBBLE = 7;

/** Numbers as little-endian binary16, rounded to nearest even, base64. */
export function packHalf(values: ArrayLike<number>): string {
  const bytes = Buffer.alloc(2 * values.length);
  for (let i = 0; i < values.length; i++) bytes.writeUInt16LE(halfBits(values[i] as number), 2 * i);
  return bytes.toString('base64');
}

/** Inverse of packHalf; null unless it holds `count` numbers. */
export function unpackHalf(text: string, count: number): Float32Array | null {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 2 * count) return null;
  return Float32Array.from({ length: count }, (_, i) => half(bytes, 2 * i));
}

/** How many numbers packHalf stored. */
export function halfCount(text: string): number {
  return Math.floor(Buffer.byteLength(text, 'base64') / 2);
}

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

/** Bits of the nearest binary16; magnitudes beyond its range become the largest finite one. */
export function halfBits(value: number): number {
  float[0] = value;
  const bits = word[0] as number;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = Math.abs(float[0] as number);
  if (Number.isNaN(magnitude)) return 0x7e00;
  if (magnitude >= 65_520) return sign | 0x7bff;
  if (magnitude < 2 ** -14) return sign | roundHalfEven(magnitude * 2 ** 24);
  const exponent = ((bits >>> 23) & 255) - 127;
  return sign | (((exponent + 14) << 10) + roundHalfEven(magnitude * 2 ** (10 - exponent)));
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

/** Numbers as little-endian binary32, base64. */
export function packFloat(values: ArrayLike<number>): string {
  const bytes = Buffer.alloc(4 * values.length);
  for (let i = 0; i < values.length; i++) bytes.writeFloatLE(values[i] as number, 4 * i);
  return bytes.toString('base64');
}

/** Inverse of packFloat; null unless it holds `count` numbers. */
export function unpackFloat(text: string, count: number): Float64Array | null {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 4 * count) return null;
  return Float64Array.from({ length: count }, (_, i) => bytes.readFloatLE(4 * i));
}

/** Rows of `width` numbers as 4-bit integers, low nibble first, each row scaled to its largest magnitude; base64. */
export function packNibbles(values: Float64Array, width: number): string {
  const codes = new Uint8Array(values.length + (values.length % 2));
  for (let row = 0; row * width < values.length; row++) {
    const cells = values.subarray(row * width, (row + 1) * width);
    const top = cells.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (const [i, value] of cells.entries()) {
      codes[row * width + i] = 8 + (top === 0 ? 0 : Math.round((value / top) * NIBBLE));
    }
  }
  const bytes = Buffer.alloc(codes.length / 2);
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = (codes[2 * i] as number) | ((codes[2 * i + 1] as number) << 4);
  return bytes.toString('base64');
}

/** Inverse of packNibbles, up to the scale of each row; null unless it holds `rows` rows. */
export function unpackNibbles(text: string, rows: number, width: number): Float64Array | null {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== Math.ceil((rows * width) / 2)) return null;
  return Float64Array.from({ length: rows * width }, (_, i) => {
    const byte = bytes[i >> 1] as number;
    return (i % 2 === 0 ? byte & 15 : byte >> 4) - 8;
  });
}
