/** How one tokenizer sees a text that a server handed out in pieces. */
export interface PieceReading {
  /** Edges between pieces that it can judge. */
  readonly edges: number;
  /** Of those, edges inside a token. */
  readonly inside: number;
}

const encoder = new TextEncoder();

/** UTF-8 length of the text up to each UTF-16 unit, in order; a unit in the middle of a pair is never asked for. */
function byteOffsets(text: string, units: readonly number[]): number[] {
  let at = 0;
  let bytes = 0;
  return units.map((unit) => {
    bytes += encoder.encode(text.slice(at, unit)).length;
    at = unit;
    return bytes;
  });
}

/**
 * Compare edges, in UTF-16 units, with the ends of tokens, in bytes. A server holds back a character until its last
 * byte is there, so an edge inside a token that begins or ends within a character contradicts nothing: not judged.
 */
export function readEdges(text: string, edges: readonly number[], ends: ArrayLike<number>): PieceReading {
  const whole = encoder.encode(text);
  const partial = (at: number): boolean => at < whole.length && ((whole[at] ?? 0) & 0xc0) === 0x80;
  let judged = 0;
  let inside = 0;
  let token = 0;
  for (const edge of byteOffsets(text, edges)) {
    while (token < ends.length && (ends[token] as number) < edge) token++;
    const start = token === 0 ? 0 : (ends[token - 1] as number);
    const end = ends[token] ?? whole.length;
    if (end !== edge && (partial(start) || partial(end))) continue;
    judged++;
    if (end !== edge) inside++;
  }
  return { edges: judged, inside };
}

/** Scripts without spaces between words, and digits: what is cut by the character where anything is. */
const SINGLE = /[\p{Script=Han}\p{Script=Devanagari}\p{Nd}]/u;

/** The same for a server that hands out such scripts by the character and all else by the word. */
export function readCharacters(text: string, edges: readonly number[]): PieceReading {
  const cut = new Set(edges);
  let at = 0;
  let between = 0;
  let whole = 0;
  let before = false;
  for (const character of text) {
    const single = SINGLE.test(character);
    if (single && before) {
      between++;
      if (!cut.has(at)) whole++;
    }
    before = single;
    at += character.length;
  }
  return { edges: between, inside: whole };
}

/** Tokens of a text if every digit were one: a model may spell numbers out though its tokenizer groups them. */
export function countDigitsApart(text: string, ends: Uint32Array): number {
  const bytes = encoder.encode(text);
  let extra = 0;
  let start = 0;
  for (const end of ends) {
    if (end > start + 1 && bytes.subarray(start, end).every((byte) => byte >= 48 && byte <= 57))
      extra += end - start - 1;
    start = end;
  }
  return ends.length + extra;
}
