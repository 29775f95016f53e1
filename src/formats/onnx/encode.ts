import { BYTES, FIXED32, VARINT } from './field.js';

const UTF8 = new TextEncoder();

/** Varint of a 64-bit integer; a negative one takes its two's complement, as int64 fields do. */
export function varint(value: number): number[] {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 0x80n) {
    out.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return [...out, Number(rest)];
}

export function integerField(number: number, value: number): number[] {
  return [...varint(number * 8 + VARINT), ...varint(value)];
}

/** A float field; `value` is rounded to single precision. */
export function floatField(number: number, value: number): number[] {
  return [...varint(number * 8 + FIXED32), ...new Uint8Array(Float32Array.of(value).buffer)];
}

/** Key and length of an embedded field whose payload follows. */
export function bytesHeader(number: number, length: number): number[] {
  return [...varint(number * 8 + BYTES), ...varint(length)];
}

export function bytesField(number: number, payload: ArrayLike<number>): number[] {
  const out = bytesHeader(number, payload.length);
  for (let i = 0; i < payload.length; i++) out.push(payload[i] as number);
  return out;
}

export function textField(number: number, text: string): number[] {
  return bytesField(number, UTF8.encode(text));
}
