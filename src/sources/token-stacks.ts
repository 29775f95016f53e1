import { AssayError } from '../core/errors.js';
import type { TokenStack, TokenStacksCapability } from '../core/types.js';
import { readVocabulary } from '../formats/vocabulary/read.js';
import { stackOf } from '../formats/vocabulary/stack.js';
import { loadTokenStack } from '../io/tokenizer-stack.js';
import { shippedVocabularies, shippedVocabulary } from '../io/vocabularies.js';
import type { OpenOptions } from './options.js';

/**
 * The shipped tokenizers and the auditor's own, each read when it is first asked for and kept. An own one replaces a
 * shipped one of the same name. `load` throws TOKENIZER_MISSING, TOKENIZER_INVALID or VOCABULARY_INVALID.
 */
export function tokenStacks({ tokenizers = {} }: Pick<OpenOptions, 'tokenizers'>): TokenStacksCapability {
  const own = new Map(Object.entries(tokenizers));
  const ids = [...new Set([...shippedVocabularies(), ...own.keys()])];
  const loaded = new Map<string, Promise<TokenStack>>();
  const load = async (id: string): Promise<TokenStack> => {
    const path = own.get(id);
    if (path !== undefined) return loadTokenStack(id, path);
    if (!ids.includes(id)) throw unknown(id, ids);
    return stackOf(readVocabulary(shippedVocabulary(id), `${id}.vocab`));
  };
  return {
    ids,
    load: (id) => {
      const known = loaded.get(id);
      if (known !== undefined) return known;
      const loading = load(id);
      loaded.set(id, loading);
      return loading;
    },
  };
}

function unknown(id: string, ids: readonly string[]): AssayError {
  return new AssayError('TOKENIZER_MISSING', `No tokenizer is called "${id}".`, {
    hint: `Known ones: ${ids.join(', ')}. Others: --tokenizer NAME=path/to/tokenizer.json.`,
  });
}
