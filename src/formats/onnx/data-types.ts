/** A TensorProto.DataType. */
export interface OnnxDataType {
  readonly name: string;
  /** Stored bits per element; 0 for strings. Types below 8 bits are packed without gaps. */
  readonly bits: number;
  /** TensorProto field that holds the elements when `raw_data` does not. */
  readonly field: number;
}

export const TYPED_FIELDS = { float: 4, int32: 5, string: 6, int64: 7, double: 10, uint64: 11 } as const;

function row(name: string, bits: number, field: keyof typeof TYPED_FIELDS): OnnxDataType {
  return { name, bits, field: TYPED_FIELDS[field] };
}

/** TensorProto.DataType of onnx.proto up to IR version 13. 0 is UNDEFINED and not a type. */
const DATA_TYPES: ReadonlyMap<number, OnnxDataType> = new Map([
  [1, row('FLOAT', 32, 'float')],
  [2, row('UINT8', 8, 'int32')],
  [3, row('INT8', 8, 'int32')],
  [4, row('UINT16', 16, 'int32')],
  [5, row('INT16', 16, 'int32')],
  [6, row('INT32', 32, 'int32')],
  [7, row('INT64', 64, 'int64')],
  [8, row('STRING', 0, 'string')],
  [9, row('BOOL', 8, 'int32')],
  [10, row('FLOAT16', 16, 'int32')],
  [11, row('DOUBLE', 64, 'double')],
  [12, row('UINT32', 32, 'uint64')],
  [13, row('UINT64', 64, 'uint64')],
  [14, row('COMPLEX64', 64, 'float')],
  [15, row('COMPLEX128', 128, 'double')],
  [16, row('BFLOAT16', 16, 'int32')],
  [17, row('FLOAT8E4M3FN', 8, 'int32')],
  [18, row('FLOAT8E4M3FNUZ', 8, 'int32')],
  [19, row('FLOAT8E5M2', 8, 'int32')],
  [20, row('FLOAT8E5M2FNUZ', 8, 'int32')],
  [21, row('UINT4', 4, 'int32')],
  [22, row('INT4', 4, 'int32')],
  [23, row('FLOAT4E2M1', 4, 'int32')],
  [24, row('FLOAT8E8M0', 8, 'int32')],
  [25, row('UINT2', 2, 'int32')],
  [26, row('INT2', 2, 'int32')],
]);

/** Undefined for 0 (no type) and for types newer than this table. */
export function dataType(code: number): OnnxDataType | undefined {
  return DATA_TYPES.get(code);
}

/** Bytes of `elements` packed values. */
export function packedBytes(type: OnnxDataType, elements: number): number {
  return type.bits >= 8 ? elements * (type.bits / 8) : Math.ceil((elements * type.bits) / 8);
}
