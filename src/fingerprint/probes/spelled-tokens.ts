import type { Probe, TokenStack } from '../../core/types.js';
import greedyReplies from '../../replies/probes/greedy-replies.js';
import { PUBLIC_COUNTERS } from '../boundaries/modes.js';
import { readSpelling, type SpellingReading } from '../boundaries/spelling.js';

/** Tokens that came with log-probabilities, as each public tokenizer sees them. */
export interface SpelledReply {
  readonly id: string;
  readonly tokens: number;
  readonly readings: Readonly<Record<string, SpellingReading>>;
}

/** Asks for nothing: it reads greedy replies whose server reports tokens with their log-probabilities. */
const spelledTokens: Probe<readonly SpelledReply[]> = {
  id: 'spelled-tokens',
  version: 1,
  requires: ['stacks'],
  uses: [greedyReplies],
  cost: () => ({ requests: 0, tokens: 0 }),
  collect: async ({ stacks }, { earlier }) => {
    const loaded: TokenStack[] = [];
    // Nobody reports tokens of a model nobody can run; and Llama's first hundred thousand ids are those of cl100k.
    for (const id of stacks.ids.filter((name) => !PUBLIC_COUNTERS.includes(name)))
      loaded.push(await stacks.load(id));
    return earlier(greedyReplies).flatMap(({ id, tokens }) =>
      tokens === null
        ? []
        : [
            {
              id,
              tokens: tokens.length,
              readings: Object.fromEntries(loaded.map((stack) => [stack.id, readSpelling(tokens, stack)])),
            },
          ],
    );
  },
};
export default spelledTokens;
