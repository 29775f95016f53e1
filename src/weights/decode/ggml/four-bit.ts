import type { BlockType } from '../block-type.js';
import { half } from '../half.js';

/** Four bits that point into a table of 16 levels, denser near zero (ggml-quants.c, kvalues_iq4nl). */
export const FOUR_BIT: ReadonlyMap<string, BlockType> = new Map([
  ['IQ4_NL', { values: 32, bytes: 18, decode: iq4_nl }],
  ['IQ4_XS', { values: 256, bytes: 136, decode: iq4_xs }],
]);
const LEVELS = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

function iq4_nl(bytes: Uint8Array, out: Float32Array): void {
  for (let to = 0, at = 0; to < out.length; to += 32, at += 18)
    levels(bytes, at + 2, half(bytes, at), out, to);
}

/** Scale, two bytes of high and four of low scale bits, then eight groups of 32. */
function iq4_xs(bytes: Uint8Array, out: Float32Array): void {
  for (let to = 0, at = 0; to < out.length; to += 256, at += 136) {
    const scale = half(bytes, at);
    const high = (bytes[at + 2] as number) | ((bytes[at + 3] as number) << 8);
    for (let part = 0; part < 8; part++) {
      const low = ((bytes[at + 4 + (part >> 1)] as number) >> (4 * (part & 1))) & 15;
      const step = scale * ((low | (((high >> (2 * part)) & 3) << 4)) - 32);
      levels(bytes, at + 8 + 16 * part, step, out, to + 32 * part);
    }
  }
}

function levels(bytes: Uint8Array, at: number, scale: number, out: Float32Array, to: number): void {
  for (let j = 0; j < 16; j++) {
    const pair = bytes[at + j] as number;
    out[to + j] = scale * (LEVELS[pair & 15] as number);
    out[to + 16 + j] = scale * (LEVELS[pair >> 4] as number);
  }
}
