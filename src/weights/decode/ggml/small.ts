import type { BlockType } from '../block-type.js';
import { FP4 } from '../float4.js';
import { half } from '../half.js';

/** One and two bits, three values in 1.6 bits, and the 4-bit floats of the OCP Microscaling specification. */
export const SMALL: ReadonlyMap<string, BlockType> = new Map([
  ['Q1_0', { values: 128, bytes: 18, decode: q1_0 }],
  ['Q2_0', { values: 64, bytes: 18, decode: q2_0 }],
  ['TQ1_0', { values: 256, bytes: 54, decode: tq1_0 }],
  ['TQ2_0', { values: 256, bytes: 66, decode: tq2_0 }],
  ['MXFP4', { values: 32, bytes: 17, decode: mxfp4 }],
  ['NVFP4', { values: 64, bytes: 36, decode: nvfp4 }],
]);

function q1_0(bytes: Uint8Array, out: Float32Array): void {
  for (let to = 0, at = 0; to < out.length; to += 128, at += 18) {
    const scale = half(bytes, at);
    for (let j = 0; j < 128; j++)
      out[to + j] = ((bytes[at + 2 + (j >> 3)] as number) >> (j & 7)) & 1 ? scale : -scale;
  }
}

function q2_0(bytes: Uint8Array, out: Float32Array): void {
  for (let to = 0, at = 0; to < out.length; to += 64, at += 18) {
    const scale = half(bytes, at);
    for (let j = 0; j < 64; j++)
      out[to + j] = scale * ((((bytes[at + 2 + (j >> 2)] as number) >> (2 * (j & 3))) & 3) - 1);
  }
}

/** Digit `power` of a number in base 3 that is stored as a fraction of 256. */
function trit(byte: number, power: number): number {
  return (((byte * power) & 255) * 3) >> 8;
}

function tq1_0(bytes: Uint8Array, out: Float32Array): void {
  for (let to = 0, at = 0; to < out.length; to += 256, at += 54) {
    const scale = half(bytes, at + 52);
    let next = to;
    for (const [from, run, digits] of [
      [0, 32, 5],
      [32, 16, 5],
      [48, 4, 4],
    ] as const)
      for (let digit = 0, power = 1; digit < digits; digit++, power *= 3)
        for (let j = 0; j < run; j++) out[next++] = scale * (trit(bytes[at + from + j] as number, power) - 1);
  }
}

function tq2_0(bytes: Uint8Array, out: Float32Array): void {
  for (let to = 0, at = 0; to < out.length; to += 256, at += 66) {
    const scale = half(bytes, at + 64);
    for (let j = 0; j < 256; j++) {
      const byte = bytes[at + (j >> 7) * 32 + (j & 31)] as number;
      out[to + j] = scale * (((byte >> (2 * ((j >> 5) & 3))) & 3) - 1);
    }
  }
}

function mxfp4(bytes: Uint8Array, out: Float32Array): void {
  for (let to = 0, at = 0; to < out.length; to += 32, at += 17) {
    const scale = 2 ** ((bytes[at] as number) - 127);
    for (let j = 0; j < 16; j++) {
      const pair = bytes[at + 1 + j] as number;
      out[to + j] = scale * (FP4[pair & 15] as number);
      out[to + 16 + j] = scale * (FP4[pair >> 4] as number);
    }
  }
}

/** Four groups of 16, each with an E4M3 scale that has no sign; ggml reads the pattern 0x7F as zero. */
function nvfp4(bytes: Uint8Array, out: Float32Array): void {
  for (let to = 0, at = 0; to < out.length; to += 64, at += 36)
    for (let group = 0; group < 4; group++) {
      const scale = unsignedE4M3(bytes[at + group] as number);
      for (let j = 0; j < 8; j++) {
        const pair = bytes[at + 4 + 8 * group + j] as number;
        out[to + 16 * group + j] = scale * (FP4[pair & 15] as number);
        out[to + 16 * group + 8 + j] = scale * (FP4[pair >> 4] as number);
      }
    }
}

function unsignedE4M3(byte: number): number {
  if (byte === 0x7f) return 0;
  const exponent = (byte >> 3) & 15;
  const fraction = byte & 7;
  return exponent === 0 ? fraction * 2 ** -9 : (8 + fraction) * 2 ** (exponent - 10);
}
