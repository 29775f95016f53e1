import type { AnswerPiece, ReplyToken } from '../core/types.js';

type Channel = AnswerPiece['channel'];
/** A piece before its tokens are counted. */
export type ChannelText = Omit<AnswerPiece, 'soFar'>;

/** Text not yet given to a channel, with the tokens it came from. */
export interface Bit {
  readonly text: string;
  readonly tokens: readonly ReplyToken[];
}

const joined = (bits: readonly Bit[]): string => bits.map(({ text }) => text).join('');

/** The first `at` characters and the rest; a bit that is cut leaves its tokens on the left. */
function cut(bits: readonly Bit[], at: number): [left: Bit[], right: Bit[]] {
  const [left, right]: [Bit[], Bit[]] = [[], []];
  let offset = 0;
  for (const bit of bits) {
    const room = at - offset;
    offset += bit.text.length;
    if (bit.text.length <= room) left.push(bit);
    else if (room > 0) {
      left.push({ ...bit, text: bit.text.slice(0, room) });
      right.push({ text: bit.text.slice(room), tokens: [] });
    } else right.push(bit);
  }
  return [left, right];
}

function firstOf(text: string, markers: readonly string[]): { at: number; marker: string } | undefined {
  return markers
    .map((marker) => ({ at: text.indexOf(marker), marker }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at)[0];
}

/** Characters at the end of a text that may yet become a marker. */
function unfinished(text: string, markers: readonly string[]): number {
  const longest = Math.max(0, ...markers.map(({ length }) => length - 1));
  for (let length = Math.min(longest, text.length); length > 0; length--)
    if (markers.some((marker) => marker.startsWith(text.slice(-length)))) return length;
  return 0;
}

export interface StopFilter {
  /** What may go out; `stopped` once a stop text was met, after which nothing is added. */
  push(bit: Bit): { readonly bits: readonly Bit[]; readonly stopped: boolean };
  /** What was held back, at the end of an answer. */
  rest(): readonly Bit[];
}

/** Holds back what may be the beginning of a stop text. */
export function stopFilter(stops: readonly string[]): StopFilter {
  let held: readonly Bit[] = [];
  return {
    push: (bit) => {
      held = [...held, bit];
      const text = joined(held);
      const found = firstOf(text, stops);
      const [bits, later] = cut(held, found?.at ?? text.length - unfinished(text, stops));
      held = found ? [] : later;
      return { bits, stopped: found !== undefined };
    },
    rest: () => held,
  };
}

export interface ThinkingSplit {
  push(bits: readonly Bit[]): ChannelText[];
  rest(): ChannelText[];
}

const OPEN = '<think>';
const CLOSE = '</think>';

/**
 * Sends what stands between `<think>` and `</think>` to the reasoning channel. Only an answer that begins with the tag
 * reasons, or one whose prompt ended with it (`opened`): later tags are text. `never` sends all to the text.
 */
export type Thinking = 'maybe' | 'opened' | 'never';

export function thinkingSplit(thinking: Thinking): ThinkingSplit {
  let state = ({ maybe: 'start', opened: 'reasoning', never: 'text' } as const)[thinking] as
    | 'start'
    | 'reasoning'
    | 'text';
  let held: readonly Bit[] = [];
  const pieces = (bits: readonly Bit[], channel: Channel): ChannelText[] =>
    bits.map(({ text, tokens }) => ({ channel, text, tokens }));
  /** Take the tag at `at` off what is held: its tokens stay, its text goes. */
  const past = (at: number, tag: string, channel: Channel): ChannelText[] => {
    const [before, from] = cut(held, at);
    const [inside, after] = cut(from, tag.length);
    held = after;
    return [
      ...pieces(before, channel),
      ...pieces(
        inside.map((bit) => ({ ...bit, text: '' })),
        channel,
      ),
    ];
  };
  const start = (): ChannelText[] => {
    const text = joined(held);
    const begun = text.trimStart();
    if (begun.startsWith(OPEN)) {
      state = 'reasoning';
      return [
        ...past(text.indexOf(OPEN), OPEN, 'reasoning').map((piece) => ({ ...piece, text: '' })),
        ...advance(),
      ];
    }
    if (OPEN.startsWith(begun)) return [];
    state = 'text';
    return advance();
  };
  const advance = (): ChannelText[] => {
    if (state === 'start') return start();
    if (state === 'reasoning') {
      const text = joined(held);
      const at = text.indexOf(CLOSE);
      if (at >= 0) {
        state = 'text';
        return [...past(at, CLOSE, 'reasoning'), ...advance()];
      }
      const [ready, later] = cut(held, text.length - unfinished(text, [CLOSE]));
      held = later;
      return pieces(ready, 'reasoning');
    }
    const ready = held;
    held = [];
    return pieces(ready, 'text');
  };
  return {
    push: (bits) => {
      held = [...held, ...bits];
      return advance();
    },
    rest: () => {
      const ready = held;
      held = [];
      return pieces(ready, state === 'reasoning' ? 'reasoning' : 'text');
    },
  };
}
