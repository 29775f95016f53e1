import { Tokenizer } from '@huggingface/tokenizers';
import type { TokenStack } from '../core/types.js';
import { byteStandIns } from '../formats/vocabulary/byte-stand-ins.js';
import { specialCutter } from '../formats/vocabulary/specials.js';
import { guarded, readTokenizerJson } from './runtime/tokenizer.js';

const encoder = new TextEncoder();
const WORD = /^ ?[A-Za-z]+$/;

/**
 * A tokenizer.json of the auditor's own as a token stack, through @huggingface/tokenizers: slower and ten times larger
 * than the shipped ones. Throws TOKENIZER_INVALID.
 */
export function loadTokenStack(id: string, path: string): TokenStack {
  return guarded(() => {
    const { added_tokens: added = [], ...plain } = readTokenizerJson(path) as TokenizerFile;
    const specials = new Map(added.map((token) => [token.id, token.content]));
    // Without its special tokens: the library would recognise them in plain text too.
    const tokenizer = new Tokenizer({ ...plain, added_tokens: [] }, {});
    return wrapped(id, tokenizer, specials);
  });
}

interface TokenizerFile {
  readonly added_tokens?: readonly { readonly id: number; readonly content: string }[];
}

function wrapped(id: string, tokenizer: Tokenizer, specials: ReadonlyMap<number, string>): TokenStack {
  const standIns = byteStandIns();
  const cut = specialCutter([...specials.values()]);
  const idsOf = (text: string): number[] =>
    // An empty text throws in 0.2.0.
    text === '' ? [] : guarded(() => tokenizer.encode(text, { add_special_tokens: false }).ids);
  const count = (text: string): number => idsOf(text).length;
  const bytes = (token: number): Uint8Array | undefined => {
    const special = specials.get(token);
    if (special !== undefined) return encoder.encode(special);
    const text = tokenizer.id_to_token(token);
    return text === undefined ? undefined : bytesOf(text, standIns);
  };
  return {
    id,
    count,
    countSpecial: (text) => cut(text).reduce((sum, part) => sum + (part.special ? 1 : count(part.text)), 0),
    ends: (text) => {
      let at = 0;
      return Uint32Array.from(idsOf(text), (token) => {
        at += bytes(token)?.length ?? 0;
        return at;
      });
    },
    bytes,
    words: (from, to) =>
      Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index).filter((token) =>
        WORD.test(Buffer.from(bytes(token) ?? []).toString('latin1')),
      ),
  };
}

/** Undo the stand-ins for bytes, and SentencePiece's mark for a space; other text is itself. */
function bytesOf(token: string, standIns: ReadonlyMap<string, number>): Uint8Array {
  const bytes = [...token].map((character) => standIns.get(character));
  return bytes.every((byte) => byte !== undefined)
    ? Uint8Array.from(bytes)
    : encoder.encode(token.replaceAll('\u2581', ' '));
}
