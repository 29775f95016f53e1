/** Byte tests and searches of the JSON grammar. */

export const QUOTE = 0x22;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const BACKSLASH = 0x5c;

const ESCAPES = new Set([...'"\\/bfnrt'].map((character) => character.charCodeAt(0)));

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function isHex(byte: number | undefined): boolean {
  return isDigit(byte) || (byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}

/** First byte from `at` on that is not white space. */
export function afterSpace(bytes: Uint8Array, at: number): number {
  let next = at;
  for (; next < bytes.length; next++) {
    const byte = bytes[next];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
  }
  return next;
}

/** End of the run of characters that numbers are made of; looks at most one byte beyond `limit` of them. */
export function numberEnd(bytes: Uint8Array, at: number, limit: number): number {
  const last = Math.min(bytes.length, at + limit + 1);
  let end = at;
  for (; end < last; end++) {
    const byte = bytes[end] as number;
    // Digits, and + - . E e
    if (!isDigit(byte) && byte !== 0x2b && byte !== 0x2d && byte !== 0x2e && (byte | 0x20) !== 0x65) break;
  }
  return end;
}

/** Length of the escape that starts with the backslash at `at`, or 0 when it is none. */
export function escapeLength(bytes: Uint8Array, at: number): number {
  const letter = bytes[at + 1];
  if (letter === undefined) return 0;
  if (ESCAPES.has(letter)) return 2;
  if (letter !== 0x75) return 0;
  for (let digit = at + 2; digit < at + 6; digit++) if (!isHex(bytes[digit])) return 0;
  return 6;
}
