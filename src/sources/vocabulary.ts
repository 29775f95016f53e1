import { AssayError } from '../core/errors.js';
import { type Delivery, readSmallText } from '../io/files.js';

/** Published tokenizer.json files reach 33 MB (Gemma 3). */
const MAX_TOKENIZER_BYTES = 64 * 2 ** 20;
/** Gemma 3 has 262,144 tokens. */
const MAX_TOKENS = 2 ** 21;

/** Token strings by id from tokenizer.json; null when the delivery has none. Throws TOKENIZER_INVALID. */
export async function readVocabulary(delivery: Delivery): Promise<readonly string[] | null> {
  const text = await readSmallText(delivery, 'tokenizer.json', MAX_TOKENIZER_BYTES);
  if (text === null) return null;
  const tokens: string[] = [];
  const put = (token: unknown, id: unknown): void => {
    if (typeof token !== 'string' || !Number.isSafeInteger(id))
      throw invalid('a token without a name or number');
    const at = Number(id);
    if (at < 0 || at >= MAX_TOKENS) throw invalid(`token id ${at}; expected at most ${MAX_TOKENS}`);
    tokens[at] = token;
  };
  const { model, added_tokens: added } = parsed(text);
  const vocabulary = Object(Object(model).vocab);
  // Unigram lists [token, score] pairs in the order of their ids; all others map tokens to ids.
  if (Array.isArray(vocabulary)) for (const [id, entry] of vocabulary.entries()) put(Object(entry)[0], id);
  else for (const [token, id] of Object.entries(vocabulary)) put(token, id);
  if (Array.isArray(added)) for (const entry of added) put(Object(entry).content, Object(entry).id);
  return tokens.length > 0 ? Array.from(tokens, (token) => token ?? '') : null;
}

function parsed(text: string): { readonly model?: unknown; readonly added_tokens?: unknown } {
  try {
    return Object(JSON.parse(text));
  } catch (cause) {
    throw invalid((cause as Error).message);
  }
}

function invalid(what: string): AssayError {
  return new AssayError('TOKENIZER_INVALID', `tokenizer.json cannot be read: ${what}.`, {
    hint: 'Take tokenizer.json from the publisher.',
  });
}
