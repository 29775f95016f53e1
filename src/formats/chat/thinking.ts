import type { ReplyDelta } from '../../core/types.js';
import type { ChatQuirk } from './quirks.js';

const OPEN = '<think>';
const CLOSE = '</think>';

/** A piece of text as it came, and the field it came in. */
export type RawDelta = ReplyDelta;

interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Turn `<think>…</think>` at the start of the content into reasoning, in place; the tags belong to neither channel.
 * Templates that open the block in the prompt leave only the closing tag: it counts when it stands on a line end, so
 * that an answer which mentions the tag stays an answer.
 */
export function separateThinking(
  deltas: readonly RawDelta[],
  quirk: (code: ChatQuirk) => void,
): readonly ReplyDelta[] {
  const content = joined(deltas, 'text');
  const thought = thoughtSpan(content, joined(deltas, 'reasoning') !== '');
  if (thought === undefined) return deltas;
  for (const code of thought.quirks) quirk(code);
  const block = content.slice(thought.inner.from, thought.inner.to);
  // Some servers give the block in the content and once more in a field of its own.
  const twice = block.trim() !== '' && block.trim() === joined(deltas, 'reasoning').trim();
  if (twice) quirk('REASONING_TWICE');
  return cut(deltas, thought, twice);
}

export function joined(deltas: readonly RawDelta[], channel: ReplyDelta['channel']): string {
  return deltas.flatMap((delta) => (delta.channel === channel ? [delta.text] : [])).join('');
}

interface Thought {
  /** The block with its tags, and the thought between them. */
  readonly outer: Span;
  readonly inner: Span;
  readonly quirks: readonly ChatQuirk[];
}

function thoughtSpan(content: string, reasoned: boolean): Thought | undefined {
  const start = content.length - content.trimStart().length;
  if (content.startsWith(OPEN, start)) {
    const from = start + OPEN.length;
    const close = content.indexOf(CLOSE, from);
    const to = close < 0 ? content.length : close;
    return {
      outer: { from: 0, to: Math.min(content.length, to + CLOSE.length) },
      inner: { from, to },
      quirks: close < 0 ? ['THINK_TAGS', 'THINK_CLOSE_MISSING'] : ['THINK_TAGS'],
    };
  }
  const close = content.indexOf(CLOSE);
  if (close < 0 || reasoned) return undefined;
  const end = close + CLOSE.length;
  const onLineEnd =
    close === 0 || content[close - 1] === '\n' || end === content.length || content[end] === '\n';
  if (!onLineEnd) return undefined;
  return {
    outer: { from: 0, to: end },
    inner: { from: 0, to: close },
    quirks: ['THINK_TAGS', 'THINK_OPEN_MISSING'],
  };
}

function cut(deltas: readonly RawDelta[], { outer, inner }: Thought, drop: boolean): ReplyDelta[] {
  let at = 0;
  return deltas.flatMap((delta) => {
    if (delta.channel !== 'text') return [delta];
    const from = at;
    at += delta.text.length;
    const part = (span: Span, channel: ReplyDelta['channel']): ReplyDelta[] => {
      const text = delta.text.slice(Math.max(0, span.from - from), Math.max(0, span.to - from));
      return text === '' ? [] : [{ ...delta, channel, text }];
    };
    return [
      ...(drop ? [] : part(inner, 'reasoning')),
      ...part({ from: outer.to, to: Number.POSITIVE_INFINITY }, 'text'),
    ];
  });
}
