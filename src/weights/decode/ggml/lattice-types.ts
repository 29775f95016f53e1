import type { BlockType } from '../block-type.js';
import { half } from '../half.js';
import { grid } from './grids.js';

/** Groups of 8 or 4 numbers that share one index into a codebook, with signs of their own (ggml-quants.c). */
export const LATTICE_TYPES: ReadonlyMap<string, BlockType> = new Map([
  ['IQ2_XXS', { values: 256, bytes: 66, decode: iq2_xxs }],
  ['IQ2_XS', { values: 256, bytes: 74, decode: iq2_xs }],
  ['IQ2_S', { values: 256, bytes: 82, decode: iq2_s }],
  ['IQ3_XXS', { values: 256, bytes: 98, decode: iq3_xxs }],
  ['IQ3_S', { values: 256, bytes: 110, decode: iq3_s }],
  ['IQ1_S', { values: 256, bytes: 50, decode: iq1_s }],
  ['IQ1_M', { values: 256, bytes: 56, decode: iq1_m }],
]);
/** Shift of the points of IQ1 against zero. */
const DELTA = 0.125;

/** Seven sign bits stand for eight: the number of minus signs is even. */
function evenSigns(seven: number): number {
  let parity = seven;
  parity ^= parity >> 4;
  parity ^= parity >> 2;
  parity ^= parity >> 1;
  return seven | ((parity & 1) << 7);
}

function short(bytes: Uint8Array, at: number): number {
  return (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
}

function word(bytes: Uint8Array, at: number): number {
  return short(bytes, at) | (short(bytes, at + 2) << 16);
}

/** Write `count` coordinates of the point that starts at `from`, negated where `signs` has a bit. */
function point(
  points: Float32Array,
  from: number,
  { step, signs, count }: { readonly step: number; readonly signs: number; readonly count: number },
  out: Float32Array,
  to: number,
): void {
  for (let j = 0; j < count; j++)
    out[to + j] = ((signs >> j) & 1 ? -step : step) * (points[from + j] as number);
}

function iq2_xxs(bytes: Uint8Array, out: Float32Array): void {
  const points = grid('IQ2_XXS');
  for (let to = 0, at = 0; to < out.length; to += 256, at += 66)
    for (let part = 0; part < 8; part++) {
      const rest = word(bytes, at + 6 + 8 * part);
      const step = (half(bytes, at) * (0.5 + (rest >>> 28))) / 4;
      for (let k = 0; k < 4; k++) {
        const from = 8 * (bytes[at + 2 + 8 * part + k] as number);
        const signs = evenSigns((rest >> (7 * k)) & 127);
        point(points, from, { step, signs, count: 8 }, out, to + 32 * part + 8 * k);
      }
    }
}

function iq2_xs(bytes: Uint8Array, out: Float32Array): void {
  const points = grid('IQ2_XS');
  for (let to = 0, at = 0; to < out.length; to += 256, at += 74)
    for (let k = 0; k < 32; k++) {
      const code = short(bytes, at + 2 + 2 * k);
      const scale = ((bytes[at + 66 + (k >> 2)] as number) >> (k & 2 ? 4 : 0)) & 15;
      const step = (half(bytes, at) * (0.5 + scale)) / 4;
      point(points, 8 * (code & 511), { step, signs: evenSigns(code >> 9), count: 8 }, out, to + 8 * k);
    }
}

function iq2_s(bytes: Uint8Array, out: Float32Array): void {
  const points = grid('IQ2_S');
  for (let to = 0, at = 0; to < out.length; to += 256, at += 82)
    for (let k = 0; k < 32; k++) {
      const high = ((bytes[at + 66 + (k >> 2)] as number) >> (2 * (k & 3))) & 3;
      const scale = ((bytes[at + 74 + (k >> 2)] as number) >> (k & 2 ? 4 : 0)) & 15;
      const step = (half(bytes, at) * (0.5 + scale)) / 4;
      const from = 8 * ((bytes[at + 2 + k] as number) | (high << 8));
      point(points, from, { step, signs: bytes[at + 34 + k] as number, count: 8 }, out, to + 8 * k);
    }
}

function iq3_xxs(bytes: Uint8Array, out: Float32Array): void {
  const points = grid('IQ3_XXS');
  for (let to = 0, at = 0; to < out.length; to += 256, at += 98)
    for (let k = 0; k < 64; k++) {
      const rest = word(bytes, at + 66 + 4 * (k >> 3));
      const step = (half(bytes, at) * (0.5 + (rest >>> 28))) / 2;
      const signs = evenSigns((rest >> (7 * ((k >> 1) & 3))) & 127) >> (4 * (k & 1));
      point(points, 4 * (bytes[at + 2 + k] as number), { step, signs, count: 4 }, out, to + 4 * k);
    }
}

function iq3_s(bytes: Uint8Array, out: Float32Array): void {
  const points = grid('IQ3_S');
  for (let to = 0, at = 0; to < out.length; to += 256, at += 110)
    for (let k = 0; k < 64; k++) {
      const high = ((bytes[at + 66 + (k >> 3)] as number) >> (k & 7)) & 1;
      const signs = (bytes[at + 74 + (k >> 1)] as number) >> (4 * (k & 1));
      const scale = ((bytes[at + 106 + (k >> 4)] as number) >> (k & 8 ? 4 : 0)) & 15;
      const step = half(bytes, at) * (1 + 2 * scale);
      const from = 4 * ((bytes[at + 2 + k] as number) | (high << 8));
      point(points, from, { step, signs, count: 4 }, out, to + 4 * k);
    }
}

function iq1_s(bytes: Uint8Array, out: Float32Array): void {
  const points = grid('IQ1_S');
  for (let to = 0, at = 0; to < out.length; to += 256, at += 50)
    for (let k = 0; k < 32; k++) {
      const high = short(bytes, at + 34 + 2 * (k >> 2));
      const step = half(bytes, at) * (2 * ((high >> 12) & 7) + 1);
      const delta = high & 0x8000 ? -DELTA : DELTA;
      const from = 8 * ((bytes[at + 2 + k] as number) | (((high >> (3 * (k & 3))) & 7) << 8));
      for (let j = 0; j < 8; j++) out[to + 8 * k + j] = step * ((points[from + j] as number) + delta);
    }
}

/** The scale of the super-block is spread over the upper bits of the four words of scales. */
function iq1_m(bytes: Uint8Array, out: Float32Array): void {
  const points = grid('IQ1_S');
  const scale = new Uint8Array(2);
  for (let to = 0, at = 0; to < out.length; to += 256, at += 56) {
    scale[0] = ((bytes[at + 49] as number) >> 4) | ((bytes[at + 51] as number) & 0xf0);
    scale[1] = ((bytes[at + 53] as number) >> 4) | ((bytes[at + 55] as number) & 0xf0);
    for (let k = 0; k < 32; k++) {
      const scales = short(bytes, at + 48 + 2 * (k >> 3));
      const step = half(scale, 0) * (2 * ((scales >> (3 * ((k >> 1) & 3))) & 7) + 1);
      const high = (bytes[at + 32 + (k >> 1)] as number) >> (k & 1 ? 4 : 0);
      const delta = high & 8 ? -DELTA : DELTA;
      const from = 8 * ((bytes[at + k] as number) | ((high & 7) << 8));
      for (let j = 0; j < 8; j++) out[to + 8 * k + j] = step * ((points[from + j] as number) + delta);
    }
  }
}
