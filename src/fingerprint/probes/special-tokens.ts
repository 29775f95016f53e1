import { isAssayError } from '../../core/errors.js';
import type { Probe, TokenStack } from '../../core/types.js';
import { type SpecialText, specialTexts } from '../token-counts/special-texts.js';

export interface SpecialCount extends SpecialText {
  readonly promptTokens: number | null;
}

/** A base message and one for each family of special tokens. */
const REQUESTS = 4;
const TOKENS = 70;

/** What a service counts for special tokens of several vocabularies, written into a message. */
const specialTokens: Probe<readonly SpecialCount[]> = {
  id: 'special-tokens',
  version: 1,
  requires: ['chat', 'stacks'],
  cost: () => ({ requests: REQUESTS, tokens: REQUESTS * TOKENS }),
  collect: async ({ chat, stacks: available }, { signal, progress }) => {
    const stacks: TokenStack[] = [];
    for (const id of available.ids) stacks.push(await available.load(id));
    const done: SpecialCount[] = [];
    for (const drawn of specialTexts(stacks)) {
      signal?.throwIfAborted();
      try {
        const { usage } = await chat.reply({
          messages: [{ role: 'user', content: drawn.text }],
          maxTokens: 16,
          temperature: 0,
          stream: false,
        });
        done.push({ ...drawn, promptTokens: usage?.promptTokens ?? null });
      } catch (error) {
        // A server may refuse markup outright: that is its way to sanitise.
        if (done.length === 0 || !isAssayError(error, 'ENDPOINT_STATUS')) throw error;
        done.push({ ...drawn, promptTokens: null });
      }
      progress(done.length, REQUESTS);
    }
    return done;
  },
};
export default specialTokens;
