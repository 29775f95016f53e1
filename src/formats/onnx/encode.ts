import { BYTES, VARINT } from './field.js';

const UTF8 = new TextEncoder();

/** Unsigned varint of a safe integer. */
export function varint(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return [...out, rest];
}

export function integerField(number: number, value: number): number[] {
  return [...varint(number * 8 + VARINT), ...varint(value)];
}

/** Key and length of an embedded field whose payload follows. */
export function bytesHeader(number: number, length: number): number[] {
  return [...varint(number * 8 + BYTES), ...varint(length)];
}

export function bytesField(number: number, payload: readonly number[]): number[] {
  return [...bytesHeader(number, payload.length), ...payload];
}

export function textField(number: number, text: string): number[] {
  return bytesField(number, [...UTF8.encode(text)]);
}
