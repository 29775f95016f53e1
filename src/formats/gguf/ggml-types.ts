/** A ggml_type: how a row of numbers is cut into blocks, and what a block takes. */
export interface GgmlType {
  readonly id: number;
  /** As llama.cpp and gguf-py name it. */
  readonly name: string;
  /** Numbers per block; rows hold whole blocks. */
  readonly values: number;
  /** Bytes per block, scales included. */
  readonly bytes: number;
  /** Bits of one stored number, scales not counted. */
  readonly bits: number;
}

const SUPER_BLOCK = 256;

const rows: readonly (readonly [id: number, name: string, values: number, bytes: number, bits: number])[] = [
  [0, 'F32', 1, 4, 32],
  [1, 'F16', 1, 2, 16],
  [2, 'Q4_0', 32, 18, 4],
  [3, 'Q4_1', 32, 20, 4],
  [6, 'Q5_0', 32, 22, 5],
  [7, 'Q5_1', 32, 24, 5],
  [8, 'Q8_0', 32, 34, 8],
  [9, 'Q8_1', 32, 40, 8],
  [10, 'Q2_K', SUPER_BLOCK, 84, 2],
  [11, 'Q3_K', SUPER_BLOCK, 110, 3],
  [12, 'Q4_K', SUPER_BLOCK, 144, 4],
  [13, 'Q5_K', SUPER_BLOCK, 176, 5],
  [14, 'Q6_K', SUPER_BLOCK, 210, 6],
  [15, 'Q8_K', SUPER_BLOCK, 292, 8],
  [16, 'IQ2_XXS', SUPER_BLOCK, 66, 2],
  [17, 'IQ2_XS', SUPER_BLOCK, 74, 2],
  [18, 'IQ3_XXS', SUPER_BLOCK, 98, 3],
  [19, 'IQ1_S', SUPER_BLOCK, 50, 1],
  [20, 'IQ4_NL', 32, 18, 4],
  [21, 'IQ3_S', SUPER_BLOCK, 110, 3],
  [22, 'IQ2_S', SUPER_BLOCK, 82, 2],
  [23, 'IQ4_XS', SUPER_BLOCK, 136, 4],
  [24, 'I8', 1, 1, 8],
  [25, 'I16', 1, 2, 16],
  [26, 'I32', 1, 4, 32],
  [27, 'I64', 1, 8, 64],
  [28, 'F64', 1, 8, 64],
  [29, 'IQ1_M', SUPER_BLOCK, 56, 1],
  [30, 'BF16', 1, 2, 16],
  // Five ternary digits in a byte.
  [34, 'TQ1_0', SUPER_BLOCK, 54, 1.6],
  [35, 'TQ2_0', SUPER_BLOCK, 66, 2],
  [39, 'MXFP4', 32, 17, 4],
  [40, 'NVFP4', 64, 36, 4],
  [41, 'Q1_0', 128, 18, 1],
  [42, 'Q2_0', 64, 18, 2],
];

const BY_ID: ReadonlyMap<number, GgmlType> = new Map(
  rows.map(([id, name, values, bytes, bits]) => [id, { id, name, values, bytes, bits }]),
);
const BY_NAME: ReadonlyMap<string, GgmlType> = new Map([...BY_ID.values()].map((type) => [type.name, type]));

/** Q4_2, Q4_3 and the layouts repacked for one processor: files had them once, and no reader does any more. */
const REMOVED = new Set([4, 5, 31, 32, 33, 36, 37, 38]);

/** Every type a GGUF file may state. */
export const GGML_TYPES: readonly GgmlType[] = [...BY_ID.values()];

/** Undefined for removed types and for those newer than this table (ggml.h with 43 types). */
export function ggmlType(id: number): GgmlType | undefined {
  return BY_ID.get(id);
}

/** By the name that `StoredTensor.dtype` carries. */
export function ggmlTypeNamed(name: string): GgmlType | undefined {
  return BY_NAME.get(name);
}

export function isRemovedType(id: number): boolean {
  return REMOVED.has(id);
}
