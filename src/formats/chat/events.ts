import { badEvent, overLimit } from './failure.js';
import { parseEvent } from './json.js';
import { MAX_EVENT_BYTES, MAX_EVENT_LINES, MAX_STREAM_BYTES } from './limits.js';
import { type ByteHeap, byteHeap, type LineSplitter, splitLines } from './lines.js';
import type { ChatQuirk } from './quirks.js';
import { decodeUtf8 } from './utf8.js';
import type { Json } from './values.js';

export interface EventSink {
  /** A JSON object of the body; `name` is that of an `event:` line. */
  event(value: Json, name: string | undefined): void;
  quirk(code: ChatQuirk): void;
}

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
const COLON = 0x3a;
/** Blanks, line ends and NUL; other control characters are content. */
const isBlank = (byte: number | undefined): boolean =>
  byte === 32 || byte === LF || byte === 13 || byte === 9 || byte === 0;

/**
 * The JSON objects of a body, whatever its framing: server-sent events, one JSON text a line, or one JSON text.
 * Content types are not asked, because servers send the wrong ones. Throws ENDPOINT_LIMIT and ENDPOINT_PROTOCOL.
 */
export function splitEvents(sink: EventSink): EventSplitter {
  const framing = dataLines(sink);
  const lines: LineSplitter = splitLines(framing.line, () => sink.quirk('CR_LINES'));
  const head: ByteHeap = byteHeap();
  let mode: 'unknown' | 'json' | 'whole' | 'lines' = 'unknown';
  let total = 0;
  const asLines = (bytes: Uint8Array): void => {
    mode = 'lines';
    lines.push(bytes);
  };
  /** A JSON text that ends with its first line is an event of its own; an indented one does not. */
  const readHead = (): void => {
    const bytes = head.take();
    const end = bytes.indexOf(LF);
    const first = end < 0 ? undefined : decodeUtf8(bytes.subarray(0, end), sink);
    if (first !== undefined && parseEvent(first) !== undefined) {
      asLines(bytes);
      return;
    }
    if (end >= 0) mode = 'whole';
    head.add(bytes);
  };
  const sniff = (bytes: Uint8Array): void => {
    head.add(bytes);
    const start = contentStart(head, sink);
    if (start === undefined) return;
    mode = start[0] === OPEN ? 'json' : 'lines';
    if (mode === 'lines') {
      asLines(start);
      return;
    }
    head.add(start);
    if (start.includes(LF)) readHead();
  };
  return {
    get done() {
      return framing.done;
    },
    get streamed() {
      return framing.streamed;
    },
    push(bytes) {
      total += bytes.length;
      if (total > MAX_STREAM_BYTES)
        throw overLimit('CHAT_STREAM_BYTES', `is longer than ${MAX_STREAM_BYTES} bytes`);
      if (mode === 'lines') lines.push(bytes);
      else if (mode === 'unknown') sniff(bytes);
      else {
        head.add(bytes);
        if (mode === 'json' && bytes.includes(LF)) readHead();
      }
    },
    end() {
      if (mode === 'lines') {
        framing.ending();
        lines.end();
        framing.end();
      } else if (head.length > 0 && mode !== 'unknown') wholeBody(decodeUtf8(head.take(), sink), sink);
    },
  };
}

/** Drop a byte order mark and blanks; undefined until something else has come. */
function contentStart(head: ByteHeap, sink: EventSink): Uint8Array | undefined {
  const bytes = head.take();
  let at = BOM.every((byte, i) => bytes[i] === byte) ? BOM.length : 0;
  if (at > 0) sink.quirk('BOM');
  let nul = false;
  while (at < bytes.length && isBlank(bytes[at])) nul = bytes[at++] === 0 || nul;
  const cutMark = bytes.length < BOM.length && bytes[0] === BOM[0];
  if (cutMark || at === bytes.length) {
    // Blanks alone say nothing and are not kept: a server may send them for ever, to keep a connection open.
    if (cutMark) head.add(bytes);
    return undefined;
  }
  if (nul) sink.quirk('NUL_BYTES');
  return bytes.subarray(at);
}

function wholeBody(source: string, sink: EventSink): void {
  const parsed = parseEvent(source);
  if (parsed === undefined) throw badEvent('is no JSON text, or was cut off');
  if (parsed.repaired) sink.quirk('CONTROL_BYTES');
  sink.event(parsed.value, undefined);
}

interface Framing {
  readonly line: (bytes: Uint8Array) => void;
  /** What follows is the last line, which may be cut off. */
  ending(): void;
  end(): void;
  readonly done: boolean;
  readonly streamed: boolean;
}

/** Fields of server-sent events. An event that is complete JSON is given at once, without waiting for a blank line. */
function dataLines(sink: EventSink): Framing {
  let pending: string[] = [];
  let units = 0;
  let name: string | undefined;
  let done = false;
  /** An event was given and no blank line has come since. */
  let open = false;
  let ending = false;
  let fields = 0;
  let events = 0;

  const give = (source: string): boolean => {
    const parsed = parseEvent(source);
    if (parsed === undefined) return false;
    if (parsed.repaired) sink.quirk('CONTROL_BYTES');
    if (done) sink.quirk('DONE_NOT_LAST');
    else sink.event(parsed.value, name);
    events++;
    return true;
  };
  const flush = (): void => {
    const source = pending.join('\n');
    pending = [];
    units = 0;
    if (source !== '' && !give(source)) throw badEvent('has an event that is no JSON');
  };
  const data = (value: string): void => {
    const trimmed = value.trim();
    if (pending.length > 0) {
      units += value.length;
      if (pending.length >= MAX_EVENT_LINES || units > MAX_EVENT_BYTES)
        throw overLimit('CHAT_EVENT_BYTES', 'has an event of too many lines');
      pending.push(value);
    } else if (trimmed === '[DONE]') done = true;
    else if (trimmed.startsWith('{')) {
      if (open) sink.quirk('SINGLE_NEWLINE');
      open = true;
      if (!trimmed.endsWith('}') || !give(trimmed)) pending.push(value);
      units = value.length;
    } else if (trimmed !== '') sink.quirk('EVENT_NOT_JSON');
  };
  const field = (line: string): void => {
    const colon = line.indexOf(':');
    const key = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
    if (key === 'data') {
      fields++;
      data(value);
    } else if (key === 'event') {
      name = value.trim();
      if (name !== '' && name !== 'message') sink.quirk('EVENT_NAMES');
    }
  };
  return {
    get done() {
      return done;
    },
    get streamed() {
      return fields > 0 || events > 1;
    },
    line: (bytes) => {
      // Blank lines and comments are told by their bytes: hostile servers send millions.
      if (bytes[0] === COLON) {
        sink.quirk('COMMENTS');
        return;
      }
      const line = bytes.length === 0 ? '' : withoutNul(decodeUtf8(bytes, sink), sink);
      if (line === '') {
        if (pending.length > 0) flush();
        name = undefined;
        open = false;
      } else if (line.startsWith('{') && pending.length === 0) {
        if (fields + events > 0) sink.quirk('DATA_PREFIX_MISSING');
        if (give(line)) return;
        if (!ending) throw badEvent('has a line that begins like JSON and is none');
        sink.quirk('EVENT_CUT');
      } else field(line);
    },
    ending: () => {
      ending = true;
    },
    end: () => {
      const [only] = pending;
      // The end of a stream that was cut off: what came before is kept, and the reply is known to be incomplete.
      if (only !== undefined && !give(pending.join('\n'))) sink.quirk('EVENT_CUT');
    },
  };
}

/** Padding that some proxies write between events. */
function withoutNul(line: string, sink: EventSink): string {
  if (!line.startsWith('\0')) return line;
  sink.quirk('NUL_BYTES');
  return line.replace(/^\0+/, '');
}
