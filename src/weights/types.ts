import type { StoredTensor, WeightTensor } from '../core/types.js';

/** Reads part of a stored tensor: `length` bytes from byte `offset` of the tensor. */
export type ReadTensor = (tensor: StoredTensor, offset: number, length: number) => Promise<Uint8Array>;

/**
 * A weight as the model uses it. Packed schemes (GPTQ, AWQ, bitsandbytes, block FP8 …) keep it in several stored
 * tensors; `dims` are those of the matrix [out, in], or [experts, out, in] of a stack.
 */
export interface LogicalTensor extends WeightTensor {
  /** The stored tensors that encode it: data first, then scales, zero points and the like. */
  readonly parts: readonly StoredTensor[];
  /** `count` rows from row `from` as floats; a row runs along the last dimension, all others are flattened. */
  decode(read: ReadTensor, from: number, count: number): Promise<Float32Array>;
}
