import { bytes } from './protobuf.js';

/** Writes GGUF by hand, valid or not; independent of src/formats/gguf. */
const UTF8 = new TextEncoder();

/** gguf_metadata_value_type. */
export const KIND = {
  u8: 0,
  i8: 1,
  u16: 2,
  i16: 3,
  u32: 4,
  i32: 5,
  f32: 6,
  bool: 7,
  string: 8,
  array: 9,
  u64: 10,
  i64: 11,
  f64: 12,
} as const;
export type Kind = keyof typeof KIND;

export function u32(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

export function u64(value: number | bigint): Uint8Array {
  return new Uint8Array(BigInt64Array.of(BigInt(value)).buffer);
}

/** A length and that many bytes. */
export function text(value: string | Uint8Array): Uint8Array {
  const body = typeof value === 'string' ? UTF8.encode(value) : value;
  return bytes(u64(body.byteLength), body);
}

export type Value = number | bigint | boolean | string;

export function value(kind: Exclude<Kind, 'array'>, of: Value): Uint8Array {
  if (kind === 'string') return text(String(of));
  const view = new DataView(new ArrayBuffer(8));
  const number = Number(of);
  switch (kind) {
    case 'u8':
    case 'i8':
    case 'bool':
      view.setInt8(0, number);
      return new Uint8Array(view.buffer, 0, 1);
    case 'u16':
    case 'i16':
      view.setInt16(0, number, true);
      return new Uint8Array(view.buffer, 0, 2);
    case 'u32':
    case 'i32':
      view.setInt32(0, number, true);
      return new Uint8Array(view.buffer, 0, 4);
    case 'f32':
      view.setFloat32(0, number, true);
      return new Uint8Array(view.buffer, 0, 4);
    case 'f64':
      view.setFloat64(0, number, true);
      break;
    default:
      view.setBigInt64(0, BigInt(of), true);
  }
  return new Uint8Array(view.buffer);
}

export function pair(key: string | Uint8Array, kind: Exclude<Kind, 'array'>, of: Value): Uint8Array {
  return bytes(text(key), u32(KIND[kind]), value(kind, of));
}

export function list(key: string, kind: Exclude<Kind, 'array'>, of: readonly Value[]): Uint8Array {
  const items = Buffer.concat(of.map((item) => value(kind, item)));
  return bytes(text(key), u32(KIND.array), u32(KIND[kind]), u64(of.length), items);
}

/** `ne` as in the file: the length of a row first. */
export function tensor(
  name: string | Uint8Array,
  ne: readonly (number | bigint)[],
  type: number,
  offset: number | bigint,
): Uint8Array {
  return bytes(text(name), u32(ne.length), ...ne.map(u64), u32(type), u64(offset));
}

export function head(tensors: number | bigint, pairs: number | bigint, version = 3): Uint8Array {
  return bytes(UTF8.encode('GGUF'), u32(version), u64(tensors), u64(pairs));
}

export interface Contents {
  readonly version?: number;
  readonly pairs?: readonly Uint8Array[];
  readonly tensors?: readonly Uint8Array[];
  readonly alignment?: number;
  /** Bytes of tensor data, zeros. */
  readonly data?: number;
}

export function gguf({ version, pairs = [], tensors = [], alignment = 32, data = 0 }: Contents): Uint8Array {
  const header = bytes(head(tensors.length, pairs.length, version), ...pairs, ...tensors);
  const padding = tensors.length === 0 ? 0 : (alignment - (header.byteLength % alignment)) % alignment;
  return bytes(header, new Uint8Array(padding + data));
}
