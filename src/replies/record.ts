import type { Reply, ReplyToken } from '../core/types.js';

/** A reply as evidence keeps it: deltas by length instead of by text. */
export interface RecordedReply extends Omit<Reply, 'deltas'> {
  /** [milliseconds since the request, UTF-16 units added, channel] in order of arrival. */
  readonly deltas: readonly (readonly [atMs: number, units: number, channel: 'text' | 'reasoning'])[];
}

const round = (value: number): number => Math.round(value * 1e3) / 1e3;
const rounded = (value: number | null): number | null =>
  value === null ? null : Math.round(value * 1e4) / 1e4;

/** Reduce a reply to what evidence keeps, numbers rounded to what they mean. */
export function recordReply(reply: Reply): RecordedReply {
  return {
    ...reply,
    deltas: reply.deltas.map(({ atMs, text, channel }) => [round(atMs), text.length, channel]),
    timing: { headersMs: round(reply.timing.headersMs), endMs: round(reply.timing.endMs) },
    tokens: reply.tokens?.map(recordToken) ?? null,
  };
}

function recordToken(token: ReplyToken): ReplyToken {
  return {
    ...token,
    logProb: rounded(token.logProb),
    top: token.top.map((choice) => ({ ...choice, logProb: rounded(choice.logProb) })),
  };
}
