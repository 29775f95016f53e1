import type { RecordedReply } from '../replies/record.js';

/** Time between two deltas that arrived one after the other. */
export interface Gap {
  readonly ms: number;
  /** Both deltas are of this channel; null where reasoning turns into the answer. */
  readonly channel: 'text' | 'reasoning' | null;
}

/** Times of one streamed reply. */
export interface Stream {
  /** Request written to first delta with text. */
  readonly ttftMs: number;
  readonly totalMs: number;
  readonly gaps: readonly Gap[];
  /** As usage counts them, or as log-probabilities list them; null where neither says. */
  readonly tokens: { readonly count: number; readonly by: 'usage' | 'log-probabilities' } | null;
  /** (end − first delta) / (tokens − 1); null without a number of tokens. */
  readonly msPerToken: number | null;
}

/** Null for a reply that was not streamed, or came as one delta. */
export function streamOf(reply: RecordedReply): Stream | null {
  const deltas = reply.deltas.filter(([, units]) => units > 0);
  const first = deltas[0];
  if (first === undefined || deltas.length < 2) return null;
  const gaps = deltas.slice(1).map(([atMs, , channel], i): Gap => {
    const [beforeMs, , before] = deltas[i] as (typeof deltas)[number];
    return { ms: Math.max(0, atMs - beforeMs), channel: channel === before ? channel : null };
  });
  const [ttftMs] = first;
  const totalMs = reply.timing.endMs;
  const tokens = tokensOf(reply);
  return {
    ttftMs,
    totalMs,
    gaps,
    tokens,
    msPerToken: tokens && tokens.count > 1 ? Math.max(0, totalMs - ttftMs) / (tokens.count - 1) : null,
  };
}

/** Usage first: it covers reasoning. One server counts reasoning apart, another gives no log-probabilities for it. */
function tokensOf({ usage, tokens, reasoning }: RecordedReply): Stream['tokens'] {
  const counted = usage?.completionTokens ?? null;
  const apart = usage?.reasoningTokens ?? 0;
  if (counted !== null && counted > 0) {
    return { count: apart > counted ? counted + apart : counted, by: 'usage' };
  }
  if (tokens === null || tokens.length === 0 || reasoning !== '') return null;
  return { count: tokens.length, by: 'log-probabilities' };
}
