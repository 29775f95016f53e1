// TokenStack over @huggingface/tokenizers: slow, independent of the project's own tokenizer, and so its check.
import { readFileSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';

/** Folder of each public tokenizer in the shared data. */
export const FOLDERS = {
  'deepseek-v3': 'deepseek-r1-full',
  'qwen2.5': 'deepseek-r1-distill-qwen',
  'llama-3': 'deepseek-r1-distill-llama',
};
const WORD = /^ ?[A-Za-z]+$/;

export function huggingStack(id, file) {
  const tokenizer = new Tokenizer(JSON.parse(readFileSync(file, 'utf8')), {});
  const plain = JSON.parse(readFileSync(file, 'utf8'));
  const special = new Set(plain.added_tokens.map(({ id: added }) => added));
  const byId = new Map(Object.entries(plain.model.vocab).map(([text, token]) => [token, text]));
  const encode = (text) => tokenizer.encode(text, { add_special_tokens: false });
  const bytes = (token) => {
    const text = byId.get(token);
    return text === undefined || special.has(token) ? undefined : Uint8Array.from(text, byteOf);
  };
  const cut = (ids, text) => {
    let at = 0;
    const added = new Map(plain.added_tokens.map(({ id: token, content }) => [token, content]));
    const ends = Uint32Array.from(ids, (token) => {
      at += bytes(token)?.length ?? Buffer.byteLength(added.get(token) ?? '');
      return at;
    });
    if (at !== Buffer.byteLength(text.normalize(id === 'qwen2.5' ? 'NFC' : undefined)) && id !== 'llama-3')
      throw new Error(`${id}: tokens cover ${at} bytes`);
    return ends;
  };
  return {
    id,
    count: (text) => encode(text).ids.length,
    countSpecial: (text) => encode(text).ids.length,
    ends: (text) => cut(encode(text).ids, text),
    encode: (text) => encode(text).ids,
    bytes,
    words: (from, to) =>
      Array.from({ length: to - from }, (_, i) => from + i).filter((token) => {
        const text = bytes(token);
        return text !== undefined && WORD.test(Buffer.from(text).toString('latin1'));
      }),
  };
}

/** GPT-2's printable stand-ins for bytes. */
const BYTES = (() => {
  const shown = new Map();
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
    shown.set(String.fromCodePoint(printable ? byte : next++), byte);
  }
  return shown;
})();
const byteOf = (character) => BYTES.get(character) ?? 63;
