import { readFileSync, statSync } from 'node:fs';
import { Tokenizer } from '@huggingface/tokenizers';
import { AssayError, scrubPaths } from '../../core/errors.js';

/** The largest published tokenizer.json is about 35 MB; four times that is not a tokenizer. */
const MAX_TOKENIZER_BYTES = 128 * 2 ** 20;

export interface TextCodec {
  encode(text: string, special: boolean): number[];
  decode(ids: readonly number[]): string;
}

/** Load a Hugging Face tokenizer.json. Throws TOKENIZER_MISSING or TOKENIZER_INVALID. */
export function loadTokenizer(path: string | null, config: Readonly<Record<string, unknown>>): TextCodec {
  if (path === null) {
    throw new AssayError(
      'TOKENIZER_MISSING',
      'The candidate has no tokenizer.json, so text cannot become token ids.',
      {
        hint: 'Ask the vendor for tokenizer.json, or probe with token ids: assay attention <candidate> --input-ids 1,2,3.',
      },
    );
  }
  const tokenizer = build(path, config);
  return {
    encode: (text, special) =>
      guarded(() => tokenIds(tokenizer.encode(text, { add_special_tokens: special }).ids)),
    // decode([]) throws in 0.2.0; an empty continuation is legitimate.
    decode: (ids) =>
      ids.length === 0
        ? ''
        : guarded(() =>
            tokenizer.decode([...ids], { skip_special_tokens: false, clean_up_tokenization_spaces: false }),
          ),
  };
}

/** Vocabularies come from the candidate: an id may be a fraction, a text or missing. */
function tokenIds(ids: readonly unknown[]): number[] {
  return ids.map((id) => {
    if (typeof id === 'number' && Number.isSafeInteger(id) && id >= 0) return id;
    throw new Error(`it gives the token id ${JSON.stringify(id)}; expected a whole number`);
  });
}

function build(path: string, config: Readonly<Record<string, unknown>>): Tokenizer {
  return guarded(() => new Tokenizer(readTokenizerJson(path), config));
}

/** Parse a tokenizer.json of sensible size. What it throws is to be wrapped by `guarded`. */
export function readTokenizerJson(path: string): object {
  const { size } = statSync(path);
  if (size > MAX_TOKENIZER_BYTES)
    throw new Error(`the file has ${size} bytes; the limit is ${MAX_TOKENIZER_BYTES}`);
  const text = readFileSync(path, 'utf8');
  if (text.startsWith('version https://git-lfs'))
    throw new Error('it is a Git LFS pointer; run git lfs pull');
  return JSON.parse(text) as object;
}

/** Whatever the tokenizers library throws, as TOKENIZER_INVALID. */
export function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const why = scrubPaths((cause as Error).message);
    throw new AssayError('TOKENIZER_INVALID', `tokenizer.json cannot be used: ${why}`, {
      hint: 'Expected a Hugging Face tokenizers file. Re-export it with tokenizer.save_pretrained().',
      cause,
    });
  }
}
