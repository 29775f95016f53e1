/** A gguf_metadata_value_type of fixed size. */
export interface ScalarType {
  readonly name: Exclude<GgufValueName, 'string'>;
  readonly bytes: number;
  read(view: DataView, at: number): number | bigint;
}

export type GgufValueName =
  | 'u8'
  | 'i8'
  | 'u16'
  | 'i16'
  | 'u32'
  | 'i32'
  | 'f32'
  | 'bool'
  | 'string'
  | 'u64'
  | 'i64'
  | 'f64';

export const STRING = 8;
export const ARRAY = 9;

/** By the number the file states. */
export const SCALARS: ReadonlyMap<number, ScalarType> = new Map<number, ScalarType>([
  [0, { name: 'u8', bytes: 1, read: (view, at) => view.getUint8(at) }],
  [1, { name: 'i8', bytes: 1, read: (view, at) => view.getInt8(at) }],
  [2, { name: 'u16', bytes: 2, read: (view, at) => view.getUint16(at, true) }],
  [3, { name: 'i16', bytes: 2, read: (view, at) => view.getInt16(at, true) }],
  [4, { name: 'u32', bytes: 4, read: (view, at) => view.getUint32(at, true) }],
  [5, { name: 'i32', bytes: 4, read: (view, at) => view.getInt32(at, true) }],
  [6, { name: 'f32', bytes: 4, read: (view, at) => view.getFloat32(at, true) }],
  [7, { name: 'bool', bytes: 1, read: (view, at) => view.getUint8(at) }],
  [10, { name: 'u64', bytes: 8, read: (view, at) => view.getBigUint64(at, true) }],
  [11, { name: 'i64', bytes: 8, read: (view, at) => view.getBigInt64(at, true) }],
  [12, { name: 'f64', bytes: 8, read: (view, at) => view.getFloat64(at, true) }],
]);

/** An integer as metadata give it: a number where that is exact, else its digits. */
export function exact(value: number | bigint): number | string {
  if (typeof value === 'number') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}
