import { readdirSync, readFileSync } from 'node:fs';
import type { TokenStack, TokenStacksCapability } from '../../src/core/types.js';
import { readVocabulary } from '../../src/formats/vocabulary/read.js';
import { stackOf } from '../../src/formats/vocabulary/stack.js';

const folder = new URL('../../tokenizers/', import.meta.url);
const loaded = new Map<string, TokenStack>();

/** The shipped tokenizers, read from the sources' own folder: a test runs without the built package. */
export const publicStacks: TokenStacksCapability = {
  ids: readdirSync(folder)
    .filter((file) => file.endsWith('.vocab'))
    .map((file) => file.slice(0, -'.vocab'.length)),
  load: async (id) => {
    const stack =
      loaded.get(id) ?? stackOf(readVocabulary(readFileSync(new URL(`${id}.vocab`, folder)), `${id}.vocab`));
    loaded.set(id, stack);
    return stack;
  },
};
