import type { StoredTensor } from '../../core/types.js';
import type { LogicalTensor } from '../types.js';

/** What else is known of a delivery. config.json is a claim: it only settles what names and shapes leave open. */
export interface SchemeContext {
  readonly config: Readonly<Record<string, unknown>> | null;
  /** The tensor of that name, if the delivery has one. */
  readonly tensor: (name: string) => StoredTensor | undefined;
  /** The bytes of a small tensor, if the caller has read them. */
  readonly contents: (tensor: StoredTensor) => Uint8Array | undefined;
}

/** One way to store a matrix in tensors whose names share a beginning. */
export interface Scheme {
  /** Endings of the name of the tensor that holds the numbers, tried in this order. */
  readonly endings: readonly string[];
  /**
   * The matrix that `data` and the tensors beside it encode, or null when they do not have the names, types and
   * shapes of this scheme. `base` is the name without its ending.
   */
  logical(data: StoredTensor, base: string, context: SchemeContext): LogicalTensor | null;
}
