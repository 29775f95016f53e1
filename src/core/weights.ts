/** One tensor as a weights file stores it, before anyone interprets its name or decodes its numbers. */
export interface StoredTensor {
  readonly name: string;
  /** Row-major, as PyTorch prints them; GGUF's reversed order is undone. */
  readonly dims: readonly number[];
  /** The format's own name of the element or block type: F32, BF16, F8_E4M3, I32, U8, Q4_0, Q6_K … */
  readonly dtype: string;
  /** File of the delivery that holds it. */
  readonly file: string;
  /** First byte in that file. */
  readonly offset: number;
  readonly bytes: number;
}

/** What a weight does in a transformer. */
export type Role =
  | 'embedding'
  | 'position-embedding'
  | 'type-embedding'
  | 'embedding-norm'
  | 'head'
  | 'final-norm'
  | 'attention-norm'
  | 'post-attention-norm'
  | 'query'
  | 'key'
  | 'value'
  | 'query-key-value'
  | 'output'
  | 'query-norm'
  | 'key-norm'
  | 'query-a'
  | 'query-a-norm'
  | 'query-b'
  | 'key-value-a'
  | 'key-value-a-norm'
  | 'key-value-b'
  | 'key-b'
  | 'value-b'
  | 'attention-sinks'
  | 'mlp-norm'
  | 'post-mlp-norm'
  | 'gate'
  | 'up'
  | 'down'
  | 'gate-up'
  | 'router'
  | 'shared-gate'
  | 'rotary'
  | 'predictor'
  | 'other';

/** A tensor's place in the model, read from its name. */
export interface TensorRole {
  readonly role: Role;
  /** Index of the transformer layer; null outside the stack. */
  readonly layer: number | null;
  /** Routed expert, all routed experts stacked in one tensor, or the shared experts; absent in dense layers. */
  readonly expert?: number | 'stacked' | 'shared';
  readonly part: 'weight' | 'bias';
  /** Stored as [in, out], as GPT-2's Conv1D and ONNX MatMul do, instead of [out, in]. */
  readonly transposed?: boolean;
}

/** How the numbers of a tensor are stored when that is not one float each. */
export interface Quantization {
  /** Scheme, or the name of a GGML block type. */
  readonly method: string;
  /** Bits of one stored number, scales not counted. */
  readonly bits: number;
  /** Numbers that share a scale: along a row, [rows, columns] for tiles, null for one scale per tensor. */
  readonly group: number | readonly [number, number] | null;
}

/** Names a matrix of a transformer; fused projections are named by their parts. */
export interface MatrixId {
  readonly role: Role;
  readonly layer?: number;
  readonly expert?: number | 'shared';
  /** `weight` when absent. */
  readonly part?: 'weight' | 'bias';
}

/**
 * A weight matrix in its logical orientation [out, in], decoded from whatever stores it: quantization undone, fused
 * projections cut apart, llama.cpp's permutation of query and key rows reverted. A vector is a matrix of one column.
 */
export interface WeightMatrix {
  readonly rows: number;
  readonly columns: number;
  /** `count` whole rows from row `from`, row by row. */
  read(from: number, count: number): Promise<Float32Array>;
}

/** What was undone to see the weights of a delivery in their logical orientation. */
export type LayoutChange = 'query-key-permutation' | 'transposition' | 'fused' | 'stacked-experts';

/** The matrices a delivery answers for. */
export interface MatrixCatalogue {
  /** In the order of the files. */
  readonly ids: readonly MatrixId[];
  readonly undone: readonly LayoutChange[];
  /** Numbers in matrices without a place: of unknown names, or beside another that has the same place. */
  readonly unplaced: number;
}
