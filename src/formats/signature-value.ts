/** A header longer than this is no signature: RSA of 16,384 bits has 2,732 characters. */
const MAX_CHARACTERS = 8192;
/** Values of one header that are tried. */
const MAX_VALUES = 16;
/** `keyid=x`, `sig="…"`, `sha256=…`, and `sig1=:…:` of RFC 9421; base64 ends in = too, so names begin with a letter. */
const PARAMETER = /^\s*[a-z][\w.-]{0,63}\s*=\s*(?=[^=\s])(.*)$/is;

const HEX = /^(?:[0-9a-f]{2})+$/i;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const BASE64_URL = /^[A-Za-z0-9_-]+={0,2}$/;

/**
 * Byte strings that a header or a file may mean by a signature: bare or among parameters, in hexadecimal, base64 or
 * base64url. More than one reading of a text is given; only one that verifies counts.
 */
export function signatureValues(text: string): Uint8Array[] {
  if (text.length > MAX_CHARACTERS) return [];
  const parts = [text, ...text.split(/[,;]/)].slice(0, MAX_VALUES);
  const bare = parts.flatMap((part) => [part, PARAMETER.exec(part)?.[1] ?? '']);
  const values = new Set(bare.map((part) => part.trim().replace(/^(["':])(.*)\1$/s, '$2')));
  const read = [...values].flatMap((value) => [
    ...(HEX.test(value.replace(/^0x/i, '')) ? [Buffer.from(value.replace(/^0x/i, ''), 'hex')] : []),
    ...(BASE64.test(value) ? [Buffer.from(value, 'base64')] : []),
    ...(BASE64_URL.test(value) ? [Buffer.from(value, 'base64url')] : []),
  ]);
  return read.slice(0, 4 * MAX_VALUES);
}
