const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const LENIENT = new TextDecoder('utf-8', { ignoreBOM: true });

/** Decode a whole line; bytes that are no UTF-8 become U+FFFD, and the quirk says so. */
export function decodeUtf8(
  bytes: Uint8Array,
  { quirk }: { readonly quirk: (code: 'UTF8_INVALID') => void },
): string {
  try {
    return STRICT.decode(bytes);
  } catch {
    quirk('UTF8_INVALID');
    return LENIENT.decode(bytes);
  }
}
