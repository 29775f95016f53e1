/** How one tokenizer sees a text that a server handed out in pieces. */
export interface PieceReading {
  /** Edges between pieces that it can judge. */
  readonly edges: number;
  /** Of those, edges inside a token. */
  readonly inside: number;
  /** Of those, edges between two digits. */
  readonly insideNumbers: number;
  /** Ends of tokens, in a text that came in pieces, that are no edge: merged by a server, or not its tokens. */
  readonly missing: number;
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
 * byte is there, so a token that ends within a character may show as an edge before it.
 */
export function readEdges(text: string, edges: readonly number[], ends: ArrayLike<number>): PieceReading {
  const bytes = encoder.encode(text);
  const shown = new Set<number>();
  for (let i = 0; i < ends.length; i++) {
    let end = ends[i] as number;
    while (((bytes[end] ?? 0) & 0xc0) === 0x80) end--;
    shown.add(end);
  }
  shown.delete(0);
  shown.delete(bytes.length);
  const inside = byteOffsets(text, edges).filter((edge) => !shown.has(edge));
  const insideNumbers = inside.filter((edge) => isDigit(bytes[edge - 1]) && isDigit(bytes[edge])).length;
  return {
    edges: edges.length,
    inside: inside.length,
    insideNumbers,
    missing: edges.length === 0 ? 0 : shown.size - (edges.length - inside.length),
  };
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57;

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
  return { edges: between, inside: whole, insideNumbers: 0, missing: 0 };
}

/** Tokens of a text if every digit were one: a model may spell numbers out though its tokenizer groups them. */
export function countDigitsApart(text: string, ends: Uint32Array): number {
  const bytes = encoder.encode(text);
  let extra = 0;
  let start = 0;
  for (const end of ends) {
    if (end > start + 1 && bytes.subarray(start, end).every(isDigit)) extra += end - start - 1;
    start = end;
  }
  return ends.length + extra;
}
