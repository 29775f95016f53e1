import { ggmlTypeNamed } from '../../../formats/gguf/ggml-types.js';
import type { BlockType } from '../block-type.js';
import { FOUR_BIT } from './four-bit.js';
import { K_QUANTS } from './k-quants.js';
import { LATTICE_TYPES } from './lattice-types.js';
import { LEGACY } from './legacy.js';
import { SMALL } from './small.js';

export interface GgmlBlock extends BlockType {
  /** Bits of one stored number, scales not counted; of shared codebook indices, what the type is named after. */
  readonly bits: number;
  /** Numbers that share a scale. */
  readonly group: number;
}

/** Numbers that share a scale; super-blocks have one per part. */
const GROUPS: Readonly<Record<string, number>> = {
  Q2_K: 16,
  Q3_K: 16,
  Q4_K: 32,
  Q5_K: 32,
  Q6_K: 16,
  IQ1_S: 32,
  IQ1_M: 16,
  IQ2_XXS: 32,
  IQ2_XS: 16,
  IQ2_S: 16,
  IQ3_XXS: 32,
  IQ3_S: 32,
  IQ4_XS: 32,
  NVFP4: 16,
};

/** Every ggml type that a file stores weights in by blocks. Q8_1 and Q8_K only exist while ggml computes. */
export const GGML_BLOCKS: ReadonlyMap<string, GgmlBlock> = new Map(
  [...LEGACY, ...K_QUANTS, ...LATTICE_TYPES, ...FOUR_BIT, ...SMALL].map(([name, block]) => {
    const bits = ggmlTypeNamed(name)?.bits ?? 0;
    return [name, { ...block, bits, group: GROUPS[name] ?? block.values }];
  }),
);
