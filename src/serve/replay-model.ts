import { AssayError } from '../core/errors.js';
import type { ChatMessage, Generation, SamplingCapability, TokensCapability } from '../core/types.js';

/** What replaces the weights: ids that continue a prompt, the end token last where the answer ends. */
export type Continue = (prompt: readonly number[], seed: number) => readonly number[];

export interface ReplayOptions {
  /** A public tokenizer. */
  readonly tokens: Pick<TokensCapability, 'encode' | 'decode'>;
  readonly chat?: (messages: readonly ChatMessage[]) => string;
  readonly continue: Continue;
  readonly endTokenIds?: readonly number[];
}

/**
 * A model that says what a corpus says, with the token boundaries, counts and truncation of a real tokenizer: what a
 * server's token stack shows is real, and a thousand sessions take a second.
 */
export function replayModel({ tokens, chat, continue: next, endTokenIds = [] }: ReplayOptions): {
  readonly tokens: TokensCapability;
  readonly sampling: SamplingCapability;
  readonly endTokenIds: readonly number[];
} {
  return {
    endTokenIds,
    tokens: {
      encode: (text, options) => tokens.encode(text, options),
      decode: (ids) => tokens.decode(ids),
      chat: async (messages) => chat?.(messages) ?? null,
    },
    sampling: {
      generate: async (prompt, { maxNewTokens, seed = 0 }, onToken, signal): Promise<Generation> => {
        const ids: number[] = [];
        const ended = (stopped: Generation['stopped']): Generation => ({
          ids,
          tokenMs: ids.map(() => 0),
          stopped,
        });
        for (const id of next(prompt, seed)) {
          if (ids.length >= maxNewTokens) return ended('length');
          if (signal?.aborted)
            throw new AssayError('ABORTED', 'The generation was stopped.', { hint: 'Ask again.' });
          ids.push(id);
          onToken?.(id, {});
          if (endTokenIds.includes(id)) return ended('eos');
        }
        return ended('eos');
      },
    },
  };
}
