import type { TokensCapability } from '../core/types.js';

/** Bytes a token adds to a text; undefined outside of the vocabulary. */
export type TokenBytes = (id: number) => Uint8Array | undefined;

/** Letters, digits, two scripts and a line break: what the kinds of vocabularies write differently. */
const TRIAL = 'Rain at 07:45, café — 天气很好\n';

/**
 * Bytes by id, read from token strings of a byte-level or SentencePiece vocabulary; null for other kinds, and where
 * the tokenizer itself decodes a trial text otherwise.
 */
export async function tokenBytes(
  vocabulary: readonly string[] | null,
  tokens: TokensCapability,
): Promise<TokenBytes | null> {
  if (vocabulary === null) return null;
  const parse = parserOf(vocabulary);
  if (parse === null) return null;
  const known = new Map<number, Uint8Array>();
  const bytesOf: TokenBytes = (id) => {
    const token = vocabulary[id];
    if (token === undefined) return undefined;
    const bytes = known.get(id) ?? parse(token);
    known.set(id, bytes);
    return bytes;
  };
  const ids = await tokens.encode(TRIAL, { special: false });
  const own = new TextDecoder().decode(Buffer.concat(ids.map((id) => bytesOf(id) ?? new Uint8Array(0))));
  // SentencePiece puts a space before a text and takes it off again when a whole text is decoded.
  return own.trimStart() === (await tokens.decode(ids)).trimStart() ? bytesOf : null;
}

function parserOf(vocabulary: readonly string[]): ((token: string) => Uint8Array) | null {
  const alphabet = byteAlphabet();
  // Every byte has a token in these vocabularies, and only in these a space is Ġ.
  if (vocabulary.includes('Ġ')) return (token) => fromAlphabet(token, alphabet);
  if (vocabulary.some((token) => token.startsWith('▁'))) return fromSentencePiece;
  return null;
}

/** Added tokens stand in a vocabulary as text, and rarely consist of letters of the alphabet alone unless ASCII. */
function fromAlphabet(token: string, alphabet: ReadonlyMap<string, number>): Uint8Array {
  const bytes: number[] = [];
  for (const letter of token) {
    const byte = alphabet.get(letter);
    if (byte === undefined) return new TextEncoder().encode(token);
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

function fromSentencePiece(token: string): Uint8Array {
  const byte = /^<0x([0-9A-F]{2})>$/.exec(token)?.[1];
  return byte === undefined
    ? new TextEncoder().encode(token.replaceAll('▁', ' '))
    : Uint8Array.of(Number.parseInt(byte, 16));
}

/** GPT-2's printable letter of each byte: itself where printable Latin-1, else the next one from U+0100. */
function byteAlphabet(): ReadonlyMap<string, number> {
  const letters = new Map<string, number>();
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
    letters.set(String.fromCodePoint(printable ? byte : next++), byte);
  }
  return letters;
}
