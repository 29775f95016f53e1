import type { BlockType } from '../block-type.js';
import { FOUR_BIT } from './four-bit.js';
import { K_QUANTS } from './k-quants.js';
import { LATTICE_TYPES } from './lattice-types.js';
import { LEGACY } from './legacy.js';
import { SMALL } from './small.js';

export interface GgmlBlock extends BlockType {
  /** Bits of one stored number, scales not counted; of shared codebook indices, the whole bits that name the type. */
  readonly bits: number;
  /** Numbers that share a scale. */
  readonly group: number;
}

const BITS_AND_GROUPS: Readonly<Record<string, readonly [bits: number, group: number]>> = {
  Q4_0: [4, 32],
  Q4_1: [4, 32],
  Q5_0: [5, 32],
  Q5_1: [5, 32],
  Q8_0: [8, 32],
  Q2_K: [2, 16],
  Q3_K: [3, 16],
  Q4_K: [4, 32],
  Q5_K: [5, 32],
  Q6_K: [6, 16],
  IQ1_S: [1, 32],
  IQ1_M: [1, 16],
  IQ2_XXS: [2, 32],
  IQ2_XS: [2, 16],
  IQ2_S: [2, 16],
  IQ3_XXS: [3, 32],
  IQ3_S: [3, 32],
  IQ4_NL: [4, 32],
  IQ4_XS: [4, 32],
  TQ1_0: [2, 256],
  TQ2_0: [2, 256],
  MXFP4: [4, 32],
  NVFP4: [4, 16],
  Q1_0: [1, 128],
  Q2_0: [2, 64],
};

/** Every ggml type that a file stores weights in by blocks. Q8_1 and Q8_K only exist while ggml computes. */
export const GGML_BLOCKS: ReadonlyMap<string, GgmlBlock> = new Map(
  [...LEGACY, ...K_QUANTS, ...LATTICE_TYPES, ...FOUR_BIT, ...SMALL].map(([name, block]) => {
    const [bits, group] = BITS_AND_GROUPS[name] as readonly [number, number];
    return [name, { ...block, bits, group }];
  }),
);
