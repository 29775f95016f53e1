import type { TokenStack, TokenStacksCapability } from '../../src/core/types.js';
import { tokenStacks } from '../../src/sources/token-stacks.js';

const shipped = tokenStacks({});
const loaded = new Map<string, TokenStack>();

/** The shipped tokenizers, each read once for a whole test file. */
export const publicStacks: TokenStacksCapability = {
  ids: shipped.ids,
  load: async (id) => {
    const stack = loaded.get(id) ?? (await shipped.load(id));
    loaded.set(id, stack);
    return stack;
  },
};
