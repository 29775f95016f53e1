import type { StoredTensor } from '../../core/types.js';
import { quoted } from '../failure.js';
import type { GgufCursor } from './cursor.js';
import { addFinding, type Pairs } from './metadata.js';

const DEFAULT_ALIGNMENT = 32;
const U32 = 4;
const TOKENS = 'tokenizer.ggml.tokens';
/** Lists that readers index by token id. */
const PER_TOKEN = ['tokenizer.ggml.scores', 'tokenizer.ggml.token_type'];
const TOKEN_ID = /^tokenizer\.ggml\.\w+_token_id$/;

/** general.alignment: a power of two, as a u32. */
export function alignmentOf(cursor: GgufCursor, { values, places }: Pairs): number {
  const place = places.get('general.alignment');
  if (place === undefined) return DEFAULT_ALIGNMENT;
  const value = values.get('general.alignment');
  if (place.type === U32 && typeof value === 'number' && Math.log2(value) % 1 === 0) return value;
  const found = place.type === U32 ? value : `of value type ${place.type}`;
  const what = `general.alignment is ${found}; expected a power of two as an unsigned 32-bit integer`;
  throw cursor.invalid('GGUF_ALIGNMENT', place.at, what);
}

/** `split.*` of one file. gguf-split writes a count of 0 into the file it merges, and leaves the other two there. */
export function checkSplitKeys(cursor: GgufCursor, { values, places }: Pairs, tensors: number): void {
  const at = (key: string): number => places.get(key)?.at ?? 0;
  const number = (key: string): number | undefined => {
    const value = values.get(key);
    if (places.get(key) === undefined) return undefined;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    throw cursor.invalid('GGUF_SPLIT', at(key), `${key} is no count`);
  };
  const index = number('split.no');
  const count = number('split.count');
  const total = number('split.tensors.count');
  if (count === undefined || count === 0) {
    if (!index) return;
    const what = `split.no is ${index}, but split.count is ${count ?? 'absent'}`;
    throw cursor.invalid('GGUF_SPLIT', at('split.no'), what);
  }
  if (index === undefined || index >= count) {
    const what = `split.no is ${index ?? 'absent'}; expected 0 to ${count - 1}, as split.count is ${count}`;
    throw cursor.invalid('GGUF_SPLIT', at('split.no') || at('split.count'), what);
  }
  if (total === undefined || total >= tensors) return;
  const what = `split.tensors.count is ${total}, but this file alone has ${tensors}`;
  throw cursor.invalid('GGUF_SPLIT', at('split.tensors.count'), what);
}

/** Token lists of one length, and an embedding with a row for each: llama.cpp loads no other model. */
export function checkVocabulary(cursor: GgufCursor, pairs: Pairs, tensors: readonly StoredTensor[]): void {
  const place = pairs.places.get(TOKENS);
  if (place === undefined) return;
  const tokens = pairs.extents.get(TOKENS);
  if (tokens?.type !== 'string' || tokens.offset <= place.at)
    throw cursor.invalid('GGUF_TOKEN_LIST', place.at, `${TOKENS} is no list of strings`);
  for (const key of PER_TOKEN) {
    const list = pairs.extents.get(key);
    const at = pairs.places.get(key)?.at;
    if (at === undefined || list?.count === tokens.count) continue;
    const what = `${key} has ${list?.count ?? 'no'} elements; there are ${tokens.count} tokens`;
    throw cursor.invalid('GGUF_TOKEN_LIST', at, what);
  }
  const embedding = tensors.find(({ name }) => name === 'token_embd.weight');
  const rows = embedding?.dims.length === 2 ? embedding.dims[0] : undefined;
  if (rows !== undefined && rows !== tokens.count) {
    const what = `there are ${tokens.count} tokens; token_embd.weight has ${rows} rows`;
    throw cursor.invalid('GGUF_VOCABULARY_SIZE', place.at, what);
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
