/** Byte-level tokenizers write each byte as a printable character (GPT-2): the byte of each of the 256 characters. */
export function byteStandIns(): ReadonlyMap<string, number> {
  const bytes = new Map<string, number>();
  let shifted = 0;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    bytes.set(String.fromCodePoint(printable ? byte : 256 + shifted++), byte);
  }
  return bytes;
}
