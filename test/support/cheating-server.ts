import type { ChatCapability, ChatRequest, Reply, TokenStack } from '../../src/core/types.js';

export interface CheatingServer {
  /** Whose tokens it generates. */
  readonly stack: TokenStack;
  readonly write: (prompt: string) => string;
  /** Where a reply ends; by default after `maxTokens` of its own tokens. */
  readonly cut?: (text: string, maxTokens: number) => string;
  /** Pieces of its stream; by default its tokens. */
  readonly pieces?: (text: string) => readonly string[];
  readonly finish?: string | null;
  readonly usage?: Reply['usage'];
  readonly bias?: 'obeyed' | 'ignored';
  readonly seen?: ChatRequest[];
}

/** A chat in process that generates real tokens of one public tokenizer, and hides what it is told to hide. */
export function cheatingServer(server: CheatingServer): ChatCapability {
  const { stack, write, cut = (text, cap) => cutAt(text, stack, cap), seen = [] } = server;
  return {
    reply: async (request) => {
      seen.push(request);
      const [biased] = Object.keys(request.logitBias ?? {});
      const word = biased === undefined ? undefined : stack.bytes(Number(biased));
      const text =
        word !== undefined
          ? server.bias === 'obeyed'
            ? new TextDecoder().decode(word)
            : 'Snow'
          : cut(write(request.messages.at(-1)?.content ?? ''), request.maxTokens);
      const pieces = server.pieces?.(text) ?? tokensOf(text, stack);
      return {
        text,
        reasoning: '',
        finish: server.finish === undefined ? 'length' : server.finish,
        usage: server.usage ?? null,
        model: null,
        systemFingerprint: null,
        tokens: null,
        deltas: pieces.map((piece) => ({ atMs: 0, channel: 'text' as const, text: piece })),
        timing: { headersMs: 0, endMs: 0 },
        quirks: [],
      };
    },
  };
}

/** The text of the first tokens, without an unfinished character. */
export function cutAt(text: string, stack: TokenStack, tokens: number): string {
  const end = stack.ends(text)[tokens - 1];
  return end === undefined
    ? text
    : new TextDecoder().decode(new TextEncoder().encode(text).subarray(0, end)).replace(/\uFFFD+$/, '');
}

/** Tokens as a stream shows them: a character is held back until it is whole. */
export function tokensOf(text: string, stack: TokenStack): string[] {
  const bytes = new TextEncoder().encode(text);
  const pieces: string[] = [];
  let start = 0;
  for (const end of stack.ends(text)) {
    if (((bytes[end] ?? 0) & 0xc0) === 0x80) continue;
    pieces.push(new TextDecoder().decode(bytes.subarray(start, end)));
    start = end;
  }
  return pieces;
}
