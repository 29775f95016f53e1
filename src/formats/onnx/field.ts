/** Bytes `from` up to `to` of the file. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** One field of a message: its key and payload. A range is the payload, without key and length. */
export interface Field extends Range {
  /** Offset of the key. */
  readonly at: number;
  readonly number: number;
  readonly wire: number;
  /** Unsigned halves of a varint or fixed value. */
  readonly low: number;
  readonly high: number;
}

/** Wire types of https://protobuf.dev/programming-guides/encoding/ that ONNX uses. */
export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

export const WIRE_NAMES: Readonly<Record<number, string>> = {
  [VARINT]: 'varint',
  [FIXED64]: '64-bit',
  [BYTES]: 'length-delimited',
  [FIXED32]: '32-bit',
};
