export interface Dtype {
  readonly name: string;
  /** Bits of one element; below 8, elements are packed without gaps. */
  readonly bits: number;
}

/** All dtypes of safetensors 0.8. */
const BITS = [
  ['F4', 4],
  ['F6_E2M3', 6],
  ['F6_E3M2', 6],
  ['BOOL', 8],
  ['U8', 8],
  ['I8', 8],
  ['F8_E5M2', 8],
  ['F8_E4M3', 8],
  ['F8_E8M0', 8],
  ['F8_E4M3FNUZ', 8],
  ['F8_E5M2FNUZ', 8],
  ['I16', 16],
  ['U16', 16],
  ['F16', 16],
  ['BF16', 16],
  ['I32', 32],
  ['U32', 32],
  ['F32', 32],
  ['C64', 64],
  ['F64', 64],
  ['I64', 64],
  ['U64', 64],
] as const;

export const DTYPES: ReadonlyMap<string, Dtype> = new Map(BITS.map(([name, bits]) => [name, { name, bits }]));
