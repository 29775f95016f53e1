import type { BlockType } from '../block-type.js';
import { half } from '../half.js';

/** Blocks of 32 with a scale, and an offset in the `_1` types: the first quantizations of ggml (ggml-quants.c). */
export const LEGACY: ReadonlyMap<string, BlockType> = new Map([
  ['Q4_0', { values: 32, bytes: 18, decode: q4_0 }],
  ['Q4_1', { values: 32, bytes: 20, decode: q4_1 }],
  ['Q5_0', { values: 32, bytes: 22, decode: q5_0 }],
  ['Q5_1', { values: 32, bytes: 24, decode: q5_1 }],
  ['Q8_0', { values: 32, bytes: 34, decode: q8_0 }],
]);

function q4_0(bytes: Uint8Array, out: Float32Array): void {
  for (let to = 0, at = 0; to < out.length; to += 32, at += 18) {
    const scale = half(bytes, at);
    for (let j = 0; j < 16; j++) {
      const pair = bytes[at + 2 + j] as number;
      out[to + j] = scale * ((pair & 15) - 8);
      out[to + 16 + j] = scale * ((pair >> 4) - 8);
    }
  }
}

function q4_1(bytes: Uint8Array, out: Float32Array): void {
  for (let to = 0, at = 0; to < out.length; to += 32, at += 20) {
    const scale = half(bytes, at);
    const least = half(bytes, at + 2);
    for (let j = 0; j < 16; j++) {
      const pair = bytes[at + 4 + j] as number;
      out[to + j] = scale * (pair & 15) + least;
      out[to + 16 + j] = scale * (pair >> 4) + least;
    }
  }
}

/** The fifth bits of all 32 numbers, little-endian. */
function fifthBits(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] as number) |
    ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) |
    ((bytes[at + 3] as number) << 24)
  );
}

function q5_0(bytes: Uint8Array, out: Float32Array): void {
  for (let to = 0, at = 0; to < out.length; to += 32, at += 22) {
    const scale = half(bytes, at);
    const high = fifthBits(bytes, at + 2);
    for (let j = 0; j < 16; j++) {
      const pair = bytes[at + 6 + j] as number;
      out[to + j] = scale * (((pair & 15) | (((high >>> j) & 1) << 4)) - 16);
      out[to + 16 + j] = scale * (((pair >> 4) | (((high >>> (j + 16)) & 1) << 4)) - 16);
    }
  }
}

function q5_1(bytes: Uint8Array, out: Float32Array): void {
  for (let to = 0, at = 0; to < out.length; to += 32, at += 24) {
    const scale = half(bytes, at);
    const least = half(bytes, at + 2);
    const high = fifthBits(bytes, at + 4);
    for (let j = 0; j < 16; j++) {
      const pair = bytes[at + 8 + j] as number;
      out[to + j] = scale * ((pair & 15) | (((high >>> j) & 1) << 4)) + least;
      out[to + 16 + j] = scale * ((pair >> 4) | (((high >>> (j + 16)) & 1) << 4)) + least;
    }
  }
}

function q8_0(bytes: Uint8Array, out: Float32Array): void {
  for (let to = 0, at = 0; to < out.length; to += 32, at += 34) {
    const scale = half(bytes, at);
    for (let j = 0; j < 32; j++) out[to + j] = scale * (((bytes[at + 2 + j] as number) << 24) >> 24);
  }
}
