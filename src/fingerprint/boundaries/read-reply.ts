import type { Reply, TokenStack } from '../../core/types.js';
import { CHARACTERS } from './modes.js';
import { countDigitsApart, type PieceReading, readCharacters, readEdges } from './spans.js';

/** A reply as one tokenizer sees it. */
export interface StackReading extends PieceReading {
  /** Tokens of reasoning and answer. */
  readonly tokens: number;
  /** The same with every digit a token of its own. */
  readonly digitsApart: number;
}

/** Markup that some servers leave in the text; how often it was a token is part of a session's usual distance. */
const MARKUP = /<\/?think>/g;
/** Servers send pieces as they come: a text as one piece has no edges. */
type Channel = 'text' | 'reasoning';

/** Count and compare a reply under each tokenizer, and by characters. */
export function readReply(
  reply: Pick<Reply, 'text' | 'reasoning' | 'deltas'>,
  stacks: readonly TokenStack[],
): Record<string, StackReading> {
  const channels = (['reasoning', 'text'] as const).map((channel) => ({
    text: reply[channel].replace(MARKUP, '').normalize('NFC'),
    edges: edgesOf(reply, channel),
  }));
  const characters = channels.reduce((sum, { text }) => sum + [...text].length, 0);
  return {
    ...Object.fromEntries(
      stacks.map((stack) => [stack.id, total(channels.map((part) => ofStack(part, stack)))]),
    ),
    [CHARACTERS]: total(
      channels.map(({ text, edges }) => ({
        tokens: 0,
        digitsApart: 0,
        ...readCharacters(text, edges),
      })),
      characters,
    ),
  };
}

function ofStack(
  { text, edges }: { text: string; edges: readonly number[] },
  stack: TokenStack,
): StackReading {
  const ends = stack.ends(text);
  return {
    tokens: ends.length,
    digitsApart: countDigitsApart(text, ends),
    ...readEdges(text, edges, ends),
  };
}

/** Places between pieces, in UTF-16 units. None where pieces do not add up to the text, or where it is changed here. */
export function edgesOf(reply: Pick<Reply, 'text' | 'reasoning' | 'deltas'>, channel: Channel): number[] {
  const text = reply[channel];
  const pieces = reply.deltas.filter((delta) => delta.channel === channel).map((delta) => delta.text);
  if (pieces.join('') !== text || text.replace(MARKUP, '').normalize('NFC') !== text) return [];
  let at = 0;
  const edges = pieces.slice(0, -1).map((piece) => {
    at += piece.length;
    return at;
  });
  return [...new Set(edges)].filter((edge) => edge > 0 && edge < text.length && !splitsPair(text, edge));
}

/** Between the halves of a surrogate pair there is no byte of UTF-8. */
function splitsPair(text: string, at: number): boolean {
  return /[\uD800-\uDBFF]/.test(text.charAt(at - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(at));
}

function total(readings: readonly StackReading[], characters = 0): StackReading {
  const add = (key: keyof StackReading): number => readings.reduce((sum, reading) => sum + reading[key], 0);
  return {
    tokens: add('tokens') + characters,
    digitsApart: add('digitsApart') + characters,
    edges: add('edges'),
    inside: add('inside'),
    insideNumbers: add('insideNumbers'),
    missing: add('missing'),
  };
}
