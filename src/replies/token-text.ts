import type { TokenChoice } from '../core/types.js';

/** Texts of tokens, comparable between servers; null for a token that is no whole text. */
export type TokenReader = (token: Pick<TokenChoice, 'text' | 'bytes'>) => string | null;

/** Some servers write what is no UTF-8 as an escape, `bytes:\xe2\x80`. */
const ESCAPED = /^bytes:(\\x[0-9a-f]{2})+$/i;

/**
 * How one server writes tokens. Bytes are taken at their word. Without them some servers show the vocabulary's own
 * spelling: the byte alphabet of GPT-2 (`Ġthe`) or SentencePiece's mark for a space (`▁the`); all tokens of an
 * answer tell which. Part of a character is read by nobody: servers that send no bytes show the same replacement
 * character for every one of them.
 */
export function tokenReader(tokens: Iterable<Pick<TokenChoice, 'text' | 'bytes'>>): TokenReader {
  let spelling: 'plain' | 'bytes' | 'pieces' = 'plain';
  for (const { text, bytes } of tokens) {
    if (bytes !== null) continue;
    if (/^[ĠĊ]/u.test(text)) spelling = 'bytes';
    else if (text.startsWith('▁') && spelling === 'plain') spelling = 'pieces';
  }
  const alphabet = spelling === 'bytes' ? byteAlphabet() : null;
  return ({ text, bytes }) => {
    if (bytes !== null) return utf8(Uint8Array.from(bytes));
    if (alphabet) return fromAlphabet(text, alphabet);
    if (text.includes('\u{fffd}') || ESCAPED.test(text)) return null;
    return spelling === 'pieces' ? text.replaceAll('▁', ' ') : text;
  };
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** A special token is spelled as it is. */
function fromAlphabet(text: string, alphabet: ReadonlyMap<string, number>): string | null {
  const bytes = [...text].map((character) => alphabet.get(character));
  return bytes.every((byte) => byte !== undefined) ? utf8(Uint8Array.from(bytes)) : text;
}

/** Printable bytes stand for themselves, the others for the characters from 256 on, in order (Radford et al. 2019). */
function byteAlphabet(): Map<string, number> {
  const alphabet = new Map<string, number>();
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
    alphabet.set(String.fromCodePoint(printable ? byte : next++), byte);
  }
  return alphabet;
}
