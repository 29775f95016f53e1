import type { BlockType } from '../block-type.js';
import { LEGACY } from './legacy.js';

export interface GgmlBlock extends BlockType {
  /** Bits of one stored number, scales not counted. */
  readonly bits: number;
  /** Numbers that share a scale. */
  readonly group: number;
}

const SHAPES: readonly (readonly [name: string, bits: number, group: number])[] = [
  ['Q4_0', 4, 32],
  ['Q4_1', 4, 32],
  ['Q5_0', 5, 32],
  ['Q5_1', 5, 32],
  ['Q8_0', 8, 32],
];

/** Every ggml type that stores numbers in blocks. */
export const GGML_BLOCKS: ReadonlyMap<string, GgmlBlock> = new Map(
  SHAPES.flatMap(([name, bits, group]) => {
    const block = LEGACY.get(name);
    return block ? [[name, { ...block, bits, group }] as const] : [];
  }),
);
