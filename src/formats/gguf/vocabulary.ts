import type { StoredTensor } from '../../core/types.js';
import { invalidFile, quoted } from '../failure.js';
import type { GgufCursor } from './cursor.js';
import { addFinding, type Pairs } from './metadata.js';
import type { GgufExtent } from './types.js';

const TOKENS = 'tokenizer.ggml.tokens';
/** Lists that readers index by token id, without looking at their length. */
const PER_TOKEN = ['tokenizer.ggml.scores', 'tokenizer.ggml.token_type'];
const TOKEN_ID = /^tokenizer\.ggml\.\w+_token_id$/;

/** The lists of a vocabulary have one length. Ids without a token are noted. */
export function checkTokenLists(cursor: GgufCursor, pairs: Pairs): void {
  const place = pairs.places.get(TOKENS);
  if (place === undefined) return;
  const tokens = pairs.extents.get(TOKENS);
  // The extent of a long text starts at its value, that of an array behind type and count.
  if (tokens?.type !== 'string' || tokens.offset === place.at)
    throw cursor.invalid('GGUF_TOKEN_LIST', place.at, `${TOKENS} is no list of strings`);
  for (const key of PER_TOKEN) {
    const at = pairs.places.get(key)?.at;
    const list = pairs.extents.get(key);
    if (at === undefined || list?.count === tokens.count) continue;
    const what = `${key} has ${list?.count ?? 'no'} elements; there are ${tokens.count} tokens`;
    throw cursor.invalid('GGUF_TOKEN_LIST', at, what);
  }
  noteTokenIds(pairs, tokens.count);
}

/** Not refused: converters write 4294967295 for "none", and llama.cpp reads ids without a token as absent. */
function noteTokenIds(pairs: Pairs, tokens: number): void {
  for (const [key, { at }] of pairs.places) {
    const id = pairs.values.get(key);
    if (!TOKEN_ID.test(key) || typeof id !== 'number' || (id >= 0 && id < tokens)) continue;
    const message = `${quoted(key)} is ${id}; there are ${tokens} tokens`;
    addFinding(pairs, { fault: 'GGUF_TOKEN_ID', offset: at, message });
  }
}

interface Vocabulary {
  readonly file: string;
  readonly extents: ReadonlyMap<string, GgufExtent>;
  readonly tensors: readonly StoredTensor[];
}

/** A token for each row of the embedding: llama.cpp loads no other model, and converters fill up with unused tokens. */
export function checkVocabularySize({ file, extents, tensors }: Vocabulary): void {
  const tokens = extents.get(TOKENS);
  const embedding = tensors.find(({ name }) => name === 'token_embd.weight');
  const rows = embedding?.dims.length === 2 ? embedding.dims[0] : undefined;
  if (tokens === undefined || rows === undefined || rows === tokens.count) return;
  throw invalidFile(
    // The count of an array lies before its elements.
    { file, at: tokens.offset - 8, fault: 'GGUF_VOCABULARY_SIZE' },
    `there are ${tokens.count} tokens; token_embd.weight has ${rows} rows`,
    'Tokens and weights are of different models; compare the file with the publisher’s.',
  );
}
