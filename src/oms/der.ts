/** One element of DER: its tag and where its content lies. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
}

/**
 * The elements that stand one after another in `bytes`. Tags of one byte and definite lengths only, as in X.509.
 * Throws RangeError for anything else; callers name the certificate. Source: ITU-T X.690.
 */
export function derElements(bytes: Uint8Array): DerElement[] {
  const elements: DerElement[] = [];
  let at = 0;
  while (at < bytes.length) {
    const tag = bytes[at] ?? 0;
    const { length, start } = readLength(bytes, at + 1);
    if ((tag & 0x1f) === 0x1f || start + length > bytes.length) throw new RangeError('malformed DER');
    elements.push({ tag, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return elements;
}

/** Lengths up to 16 MiB; certificates are far smaller. */
function readLength(bytes: Uint8Array, at: number): { length: number; start: number } {
  const first = bytes[at] ?? 0xff;
  if (first < 0x80) return { length: first, start: at + 1 };
  const count = first - 0x80;
  if (count === 0 || count > 3) throw new RangeError('malformed DER');
  let length = 0;
  for (const byte of bytes.subarray(at + 1, at + 1 + count)) length = length * 256 + byte;
  return { length, start: at + 1 + count };
}
