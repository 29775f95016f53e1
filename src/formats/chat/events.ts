import { badEvent, overLimit } from './failure.js';
import { type EventSink, endFraming, openFraming, readLine } from './framing.js';
import { parseEvent } from './json.js';
import { MAX_STREAM_BYTES } from './limits.js';
import { type ByteHeap, byteHeap, splitLines } from './lines.js';
import { decodeUtf8 } from './utf8.js';

export interface EventSplitter {
  push(bytes: Uint8Array): void;
  end(): void;
  /** `[DONE]` has come. */
  readonly done: boolean;
  /** The body is made of `data:` lines, or of one JSON text a line. */
  readonly streamed: boolean;
}

const BOM = [0xef, 0xbb, 0xbf];
const OPEN = 0x7b;
const LF = 10;
const PIECE = 65_536;

/**
 * The JSON objects of a body, whatever its framing: server-sent events, one JSON text a line, or one JSON text.
 * Content types are not asked, because servers send the wrong ones. Throws ENDPOINT_LIMIT and ENDPOINT_PROTOCOL.
 */
export function splitEvents(sink: EventSink): EventSplitter {
  const framing = openFraming(sink);
  const lines = splitLines(
    (line) => readLine(line, framing),
    () => sink.quirk('CR_LINES'),
  );
  const head = byteHeap();
  let mode: Mode = 'unknown';
  let total = 0;
  /** Go on from what the head has become. */
  const decide = (found: Found): void => {
    mode = found.mode;
    if (mode === 'lines') lines.push(found.bytes);
    else head.add(found.bytes);
  };
  const read = (bytes: Uint8Array): void => {
    if (mode === 'lines') {
      lines.push(bytes);
      return;
    }
    head.add(bytes);
    if (mode === 'unknown') decide(firstContent(head, sink));
    if (mode === 'json' && bytes.includes(LF)) decide(firstLine(head, sink));
  };
  return {
    get done() {
      return framing.done;
    },
    get streamed() {
      return framing.fields > 0 || framing.events > 1;
    },
    push(bytes) {
      total += bytes.length;
      if (total > MAX_STREAM_BYTES)
        throw overLimit('CHAT_STREAM_BYTES', `is longer than ${MAX_STREAM_BYTES} bytes`);
      // In small pieces, so that the limit of one event is never held against a piece of many.
      for (let at = 0; at < bytes.length; at += PIECE) read(bytes.subarray(at, at + PIECE));
    },
    end() {
      if (mode === 'lines') {
        framing.ending = true;
        lines.end();
        endFraming(framing);
      } else if (mode !== 'unknown') wholeBody(decodeUtf8(head.take(), sink), sink);
    },
  };
}

/** `json` begins with a brace and may be one text, or one of many lines; `whole` is known to be one text. */
type Mode = 'unknown' | 'json' | 'whole' | 'lines';

interface Found {
  readonly mode: Mode;
  readonly bytes: Uint8Array;
}

/** Drop a byte order mark and blanks, and tell a JSON text from lines. */
function firstContent(head: ByteHeap, sink: EventSink): Found {
  const bytes = head.take();
  let at = BOM.every((byte, i) => bytes[i] === byte) ? BOM.length : 0;
  if (at > 0) sink.quirk('BOM');
  let nul = false;
  while (at < bytes.length && isBlank(bytes[at])) nul = bytes[at++] === 0 || nul;
  if (nul) sink.quirk('NUL_BYTES');
  if (bytes.length < BOM.length && bytes[0] === BOM[0]) return { mode: 'unknown', bytes };
  // Blanks alone say nothing and are not kept: a server may send them for ever, to keep a connection open.
  const rest = bytes.subarray(at);
  if (rest.length === 0) return { mode: 'unknown', bytes: rest };
  return { mode: rest[0] === OPEN ? 'json' : 'lines', bytes: rest };
}

/** Blanks, line ends and NUL; other control characters are content. */
function isBlank(byte: number | undefined): boolean {
  return byte === 32 || byte === LF || byte === 13 || byte === 9 || byte === 0;
}

/** A JSON text that ends with its first line is an event of its own; an indented one does not. */
function firstLine(head: ByteHeap, sink: EventSink): Found {
  const bytes = head.take();
  const end = bytes.indexOf(LF);
  if (end < 0) return { mode: 'json', bytes };
  const line = decodeUtf8(bytes.subarray(0, end), sink);
  return { mode: parseEvent(line) === undefined ? 'whole' : 'lines', bytes };
}

function wholeBody(source: string, sink: EventSink): void {
  const parsed = parseEvent(source);
  if (parsed === undefined) throw badEvent('is no JSON text, or was cut off');
  if (parsed.repaired) sink.quirk('CONTROL_BYTES');
  sink.event(parsed.value, undefined);
}
