/** Where tokens end, in bytes of a text. */
export type Ends = (text: string) => ArrayLike<number>;

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** A text cut at token ends, but never inside of a character. */
export function cutAtTokens(text: string, ends: Ends): string[] {
  const bytes = new TextEncoder().encode(text);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const parts: string[] = [];
  let from = 0;
  for (const end of Array.from(ends(text))) {
    if (isContinuation(bytes[end]) || end <= from) continue;
    parts.push(decoder.decode(bytes.subarray(from, end)));
    from = end;
  }
  if (from < bytes.length) parts.push(decoder.decode(bytes.subarray(from)));
  return parts;
}

/** The first `count` tokens of a text; what a cut leaves of a character is dropped, as servers do. */
export function firstTokens(text: string, count: number, ends: Ends): string {
  if (count <= 0) return '';
  const list = ends(text);
  if (list.length <= count) return text;
  const bytes = new TextEncoder().encode(text);
  let end = list[count - 1] as number;
  while (end > 0 && isContinuation(bytes[end])) end--;
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, end));
}
