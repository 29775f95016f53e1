/** An ONNX file without its weights. Domain `ai.onnx` is written as `''`, its other spelling. */
export interface OnnxModel {
  readonly irVersion: number;
  /** Producer name and version, as the file states them. */
  readonly producer: string;
  /** Operator-set version per domain. */
  readonly opsets: ReadonlyMap<string, number>;
  /** Model-local functions; their bodies are not read. */
  readonly functions: number;
  /**
   * Domains of operators that neither ONNX Runtime nor the model's functions define, sorted. Running such a model takes
   * native code from elsewhere; a runtime without it refuses the model.
   */
  readonly customDomains: readonly string[];
  readonly graph: OnnxGraph;
}

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  /** Dense, then sparse; names are unique. */
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly valueInfo: readonly OnnxValue[];
}

export interface OnnxNode {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** Only the member the attribute's declared type selects is present; other kinds leave it empty. */
export interface OnnxAttribute {
  /** Nearest double of the 64-bit value: INT64_MAX, the usual "to the end", has no exact one. */
  readonly int?: number;
  readonly float?: number;
  /** Absent when longer than the reader keeps. */
  readonly text?: string;
  readonly ints?: readonly number[];
  readonly tensor?: OnnxTensor;
  readonly graphs?: readonly OnnxGraph[];
}

export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** TensorProto.DataType; see `dataType`. */
  readonly dataType: number;
  /** Stored numbers: the product of `dims`, or the non-zeros of a sparse tensor. */
  readonly elements: number;
  readonly storage: TensorStorage;
  /** Little-endian elements of a tensor of at most 64 bytes that is stored in the file. */
  readonly small?: Uint8Array;
}

export type TensorStorage =
  | { readonly kind: 'inline'; readonly offset: number; readonly length: number }
  | { readonly kind: 'typed'; readonly bytes: number }
  | {
      readonly kind: 'external';
      /** Byte of the model file at which the tensor is described. */
      readonly at: number;
      /** As written in the file: not checked to stay inside the model's folder. */
      readonly location: string;
      readonly offset: number;
      readonly length: number | null;
    };

export interface OnnxValue {
  readonly name: string;
  /** TensorProto.DataType; 0 when the value is not a tensor or has no type. */
  readonly elemType: number;
  /** Sizes, symbols or null where unknown; null as a whole when the file states no shape. */
  readonly dims: readonly (number | string | null)[] | null;
}
