import type { ReplyDelta } from '../../core/types.js';
import { parseEvent } from '../../formats/chat/json.js';
import { type ParsedReply, replyReader } from '../../formats/chat/reply-reader.js';
import { errorOfBody, type ServerError } from '../../formats/chat/server-error.js';
import type { Json } from '../../formats/chat/values.js';
import type { Head, Sink } from './exchange.js';
import { endpointError } from './failure.js';
import { MAX_ERROR_BYTES } from './limits.js';

/** Bytes up to a limit, as one text. */
export interface BodySink extends Sink {
  readonly status: number;
  readonly headers: Head['headers'];
  text(): string;
  /** Undefined where the body is no JSON. */
  json(): Json | undefined;
}

/** Keeps a body; beyond `limit` it throws, or, of an error, drops the rest. `unwanted` ends a good answer unread. */
export function bodySink(limit: number, { unwanted = false } = {}): BodySink {
  const parts: Uint8Array[] = [];
  let length = 0;
  let head: Head = { status: 0, headers: {} };
  const good = (): boolean => head.status >= 200 && head.status < 300;
  const text = (): string => new TextDecoder().decode(Buffer.concat(parts));
  return {
    get status() {
      return head.status;
    },
    get headers() {
      return head.headers;
    },
    head: (received) => {
      head = received;
    },
    data: (bytes) => {
      const most = good() ? limit : MAX_ERROR_BYTES;
      if (good() && length + bytes.length > most)
        throw endpointError('ENDPOINT_LIST', `The endpoint sent more than ${limit} bytes.`);
      const kept = bytes.subarray(0, most - length);
      parts.push(kept);
      length += kept.length;
    },
    enough: () => ((good() ? unwanted : length >= MAX_ERROR_BYTES) ? 'now' : 'no'),
    text,
    json: () => {
      try {
        return parseEvent(text())?.value;
      } catch (error) {
        // What an error says is worth little; a good answer over a limit is a finding.
        if (good()) throw error;
        return undefined;
      }
    },
  };
}

export interface ReplySink extends Sink {
  readonly status: number;
  readonly headers: Head['headers'];
  /** Bytes of a good answer, kept only where a signature is to be checked. */
  body(): Uint8Array;
  reply(): ParsedReply;
  /** Error of an answer that is none; its text where it is no JSON. */
  error(): ServerError | undefined;
}

/** Reads a good answer as a reply, and any other as an error. */
export function replySink(keepBody: boolean, onDelta?: (delta: ReplyDelta) => void): ReplySink {
  const refused = bodySink(MAX_ERROR_BYTES);
  const reader = replyReader(onDelta);
  const raw: Uint8Array[] = [];
  const good = (): boolean => refused.status >= 200 && refused.status < 300;
  return {
    get status() {
      return refused.status;
    },
    get headers() {
      return refused.headers;
    },
    head: (head) => refused.head(head),
    data: (bytes, atMs) => {
      if (!good()) {
        refused.data(bytes, atMs);
        return;
      }
      if (keepBody) raw.push(bytes);
      reader.push(bytes, atMs);
    },
    enough: () => {
      if (!good()) return refused.enough();
      return reader.done ? 'soon' : 'no';
    },
    body: () => Buffer.concat(raw),
    reply: () => reader.end(),
    error: () => {
      const known = errorOfBody(refused.json());
      const text = refused.text();
      return (
        known ?? (text === '' ? undefined : { message: text, code: null, parameters: text.toLowerCase() })
      );
    },
  };
}
