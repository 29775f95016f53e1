import type { ReplyToken, TokenChoice } from '../../core/types.js';
import type { TokenReader } from '../../replies/token-text.js';
import type { Distribution } from './types.js';

/**
 * Values below this stand for minus infinity: vLLM writes -9999, others -100. Where probabilities are stated after
 * sampling, tokens that top-p or top-k left out have them.
 */
const FLOOR = -90;

const round = (value: number): number => Math.round(value * 1e4) / 1e4;

/**
 * The alternatives of a token that can be compared. Servers that add a sampled token to the list break its order: a
 * token that comes last because it was sampled bounds nothing, so the sampled one is left out when it is the least.
 */
export function readTop(
  { top, ...chosen }: ReplyToken,
  read: TokenReader,
): Pick<Distribution, 'top' | 'cut'> {
  const listed = new Map<string, number>();
  let cut = false;
  const least = Math.min(...top.map(({ logProb }) => logProb ?? 0));
  for (const choice of top) {
    const value = choice.logProb;
    const text = read(choice);
    // A list that ends in what was left out says nothing of what is not on it.
    if (value === null || !(value >= FLOOR)) cut = true;
    else if (value === least && top.length > 1 && same(choice, chosen)) continue;
    else if (text !== null && text !== '' && !listed.has(text)) listed.set(text, value);
  }
  const sorted = [...listed].sort((a, b) => b[1] - a[1]);
  return { top: sorted.map(([text, logProb]) => [text, round(logProb)]), ...(cut ? { cut } : {}) };
}

function same(a: TokenChoice, b: TokenChoice): boolean {
  return a.text === b.text && (a.id === null || b.id === null || a.id === b.id);
}
