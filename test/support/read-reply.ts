import { type ParsedReply, replyReader } from '../../src/formats/chat/reply-reader.js';

/** Read a body whose bytes come in the given pieces, a millisecond apart. */
export function readReply(...pieces: readonly (string | Uint8Array)[]): ParsedReply {
  const reader = replyReader();
  for (const [i, piece] of pieces.entries())
    reader.push(typeof piece === 'string' ? Buffer.from(piece) : piece, i);
  return reader.end();
}

/** A stream of chat chunks: each item is a delta, or a whole event when it has `choices` or `error`. */
export function stream(...events: readonly object[]): string {
  const whole = (event: object): object =>
    'choices' in event || 'error' in event ? event : { choices: [{ index: 0, delta: event }] };
  return [...events.map((event) => `data: ${JSON.stringify(whole(event))}\n\n`), 'data: [DONE]\n\n'].join('');
}

export const finish = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
