import type { ReplyToken } from '../../core/types.js';
import { tokenReader } from '../../replies/token-text.js';
import type { Context } from './contexts.js';
import { readTop } from './read-top.js';
import type { Distribution } from './types.js';

/**
 * What a server that repeats the prompt says at the wanted places. Its tokens must spell the prompt, after a first one
 * or two that mark its begin; from where they do not, nothing is known of the place.
 */
export function readEcho(
  tokens: readonly ReplyToken[],
  prompt: string,
  wanted: readonly Context[],
  promptTokens: number | null | undefined,
): Distribution[] {
  const read = tokenReader(tokens.flatMap((token) => [token, ...token.top]));
  const places = new Map(wanted.map(({ id, offset }) => [offset, id]));
  const spelled = spell(tokens, prompt, read);
  // Tokens before a place, from the server's own count of all: marks at the begin are counted and may not be listed.
  const listed = spelled.length === 0 ? 0 : (spelled.at(-1)?.index ?? 0) + 1;
  const whole = spelled.at(-1)?.end === prompt.length;
  return spelled.flatMap(({ index, start }): Distribution[] => {
    const id = places.get(start);
    const token = tokens[index];
    if (id === undefined || token === undefined || token.top.length === 0) return [];
    const before = whole && typeof promptTokens === 'number' ? promptTokens - (listed - index) : null;
    return [{ id, before, ...readTop(token, read) }];
  });
}

interface Spelled {
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

function spell(
  tokens: readonly ReplyToken[],
  prompt: string,
  read: (token: ReplyToken) => string | null,
): Spelled[] {
  const found: Spelled[] = [];
  let at = 0;
  for (const [index, token] of tokens.entries()) {
    if (at >= prompt.length) break;
    const text = read(token);
    if (text && prompt.startsWith(text, at)) {
      found.push({ index, start: at, end: at + text.length });
      at += text.length;
    } else if (found.length > 0) break;
  }
  return found;
}
