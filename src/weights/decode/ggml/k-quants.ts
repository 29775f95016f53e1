import type { BlockType } from '../block-type.js';
import { half } from '../half.js';

/** Super-blocks of 256 whose parts have quantized scales of their own (ggml-quants.c). */
export const K_QUANTS: ReadonlyMap<string, BlockType> = new Map([
  ['Q2_K', { values: 256, bytes: 84, decode: q2_k }],
  ['Q3_K', { values: 256, bytes: 110, decode: q3_k }],
  ['Q4_K', { values: 256, bytes: 144, decode: q4_k }],
  ['Q5_K', { values: 256, bytes: 176, decode: q5_k }],
  ['Q6_K', { values: 256, bytes: 210, decode: q6_k }],
]);

/** 16 bytes of scales (low nibble) and offsets (high), 64 of numbers, scale and offset of the super-block. */
function q2_k(bytes: Uint8Array, out: Float32Array): void {
  for (let to = 0, at = 0; to < out.length; to += 256, at += 84) {
    const scale = half(bytes, at + 80);
    const offset = half(bytes, at + 82);
    for (let part = 0; part < 16; part++) {
      const pair = bytes[at + part] as number;
      const step = scale * (pair & 15);
      const least = offset * (pair >> 4);
      const shift = part & 6;
      const from = at + 16 + (part >> 3) * 32 + (part & 1) * 16;
      for (let j = 0; j < 16; j++)
        out[to + 16 * part + j] = step * (((bytes[from + j] as number) >> shift) & 3) - least;
    }
  }
}

/** 32 bytes of third bits, 64 of low bits, 12 of 6-bit scales, scale of the super-block. A set third bit means 0. */
function q3_k(bytes: Uint8Array, out: Float32Array): void {
  for (let to = 0, at = 0; to < out.length; to += 256, at += 110) {
    const scale = half(bytes, at + 108);
    for (let part = 0; part < 16; part++) {
      const low = ((bytes[at + 96 + (part & 7)] as number) >> (part < 8 ? 0 : 4)) & 15;
      const high = ((bytes[at + 104 + (part & 3)] as number) >> (2 * (part >> 2))) & 3;
      const step = scale * ((low | (high << 4)) - 32);
      const shift = part & 6;
      const half32 = (part & 1) * 16;
      const from = at + 32 + (part >> 3) * 32 + half32;
      const mask = 1 << (part >> 1);
      for (let j = 0; j < 16; j++) {
        const number = ((bytes[from + j] as number) >> shift) & 3;
        out[to + 16 * part + j] = step * ((bytes[at + half32 + j] as number) & mask ? number : number - 4);
      }
    }
  }
}

/** The 6-bit scales and offsets of eight parts, packed in 12 bytes. */
function packedScale(bytes: Uint8Array, at: number, part: number): number {
  if (part < 4) return (bytes[at + part] as number) & 63;
  return ((bytes[at + 4 + part] as number) & 15) | (((bytes[at + part - 4] as number) >> 6) << 4);
}
function packedOffset(bytes: Uint8Array, at: number, part: number): number {
  if (part < 4) return (bytes[at + 4 + part] as number) & 63;
  return ((bytes[at + 4 + part] as number) >> 4) | (((bytes[at + part] as number) >> 6) << 4);
}

function q4_k(bytes: Uint8Array, out: Float32Array): void {
  for (let to = 0, at = 0; to < out.length; to += 256, at += 144) {
    const scale = half(bytes, at);
    const offset = half(bytes, at + 2);
    for (let part = 0; part < 8; part++) {
      const step = scale * packedScale(bytes, at + 4, part);
      const least = offset * packedOffset(bytes, at + 4, part);
      const shift = (part & 1) * 4;
      const from = at + 16 + (part >> 1) * 32;
      const start = to + 32 * part;
      for (let j = 0; j < 32; j++)
        out[start + j] = step * (((bytes[from + j] as number) >> shift) & 15) - least;
    }
  }
}

function q5_k(bytes: Uint8Array, out: Float32Array): void {
  for (let to = 0, at = 0; to < out.length; to += 256, at += 176) {
    const scale = half(bytes, at);
    const offset = half(bytes, at + 2);
    for (let part = 0; part < 8; part++) {
      const step = scale * packedScale(bytes, at + 4, part);
      const least = offset * packedOffset(bytes, at + 4, part);
      const shift = (part & 1) * 4;
      const from = at + 48 + (part >> 1) * 32;
      for (let j = 0; j < 32; j++) {
        const high = ((bytes[at + 16 + j] as number) >> part) & 1;
        out[to + 32 * part + j] =
          step * ((((bytes[from + j] as number) >> shift) & 15) | (high << 4)) - least;
      }
    }
  }
}

/** 128 bytes of low nibbles, 64 of high pairs, 16 signed scales, scale of the super-block. */
function q6_k(bytes: Uint8Array, out: Float32Array): void {
  for (let to = 0, at = 0; to < out.length; to += 256, at += 210) {
    const scale = half(bytes, at + 208);
    for (let part = 0; part < 16; part++) {
      const step = scale * (((bytes[at + 192 + part] as number) << 24) >> 24);
      const within = part & 7;
      const low = at + (part >> 3) * 64 + (within & 3) * 16;
      const high = at + 128 + (part >> 3) * 32 + (within & 1) * 16;
      const lowShift = within < 4 ? 0 : 4;
      const highShift = within & 6;
      for (let j = 0; j < 16; j++) {
        const number = ((bytes[low + j] as number) >> lowShift) & 15;
        out[to + 16 * part + j] =
          step * ((number | ((((bytes[high + j] as number) >> highShift) & 3) << 4)) - 32);
      }
    }
  }
}
