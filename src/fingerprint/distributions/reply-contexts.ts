import type { ReplyToken } from '../../core/types.js';
import type { GreedyReply } from '../../replies/probes/greedy-replies.js';
import { tokenReader } from '../../replies/token-text.js';
import { type Paired, pairTop } from './compare.js';
import { type Counts, compareCounts } from './doubt.js';
import { readTop } from './read-top.js';

/** Two answers to one prompt: distributions of the tokens up to the first that differs. */
export function pairReplies(
  a: readonly GreedyReply[],
  b: readonly GreedyReply[],
): (Paired & { readonly counts: Counts })[] {
  const theirs = new Map(b.map((reply) => [reply.id, reply]));
  return a.flatMap((reply) => {
    const other = theirs.get(reply.id);
    if (!other || !seenFromStart(reply) || !seenFromStart(other)) return [];
    const counts = compareCounts(reply.usage?.promptTokens ?? null, other.usage?.promptTokens ?? null);
    return samePrefix(reply.tokens ?? [], other.tokens ?? []).map((pair) => ({ ...pair, counts }));
  });
}

function samePrefix(a: readonly ReplyToken[], b: readonly ReplyToken[]): Paired[] {
  const readA = tokenReader(a.flatMap((token) => [token, ...token.top]));
  const readB = tokenReader(b.flatMap((token) => [token, ...token.top]));
  const found: Paired[] = [];
  for (const [index, token] of a.entries()) {
    const other = b[index];
    if (other === undefined) break;
    const pair = pairTop(
      { id: '', before: null, ...readTop(token, readA) },
      { id: '', before: null, ...readTop(other, readB) },
    );
    if (pair) found.push(pair);
    const text = readA(token);
    if (text === null || text !== readB(other)) break;
  }
  return found;
}

/** Characters by which a reasoning is recognised at the begin of its tokens. */
const RECOGNISED = 16;

/** Where the tokens of the reasoning are not reported, those of the answer follow a text that nobody sees. */
function seenFromStart({ reasoning, tokens }: GreedyReply): boolean {
  const thought = reasoning.trimStart().slice(0, RECOGNISED);
  if (thought === '') return true;
  const spelled = (tokens ?? []).map(({ text }) => text).join('');
  return spelled
    .replace(/^\s*<think>\s*/, '')
    .trimStart()
    .startsWith(thought);
}
