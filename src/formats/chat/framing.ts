import { badEvent, overLimit } from './failure.js';
import { parseEvent } from './json.js';
import { MAX_EVENT_BYTES, MAX_EVENT_LINES } from './limits.js';
import type { ChatQuirk } from './quirks.js';
import { decodeUtf8 } from './utf8.js';
import type { Json } from './values.js';

export interface EventSink {
  /** A JSON value of the body; `name` is that of an `event:` line. */
  event(value: Json, name: string | undefined): void;
  quirk(code: ChatQuirk): void;
}

/** Fields of server-sent events, and events that stand on a line without any field. */
export interface Framing {
  readonly sink: EventSink;
  /** `data:` lines of an event that no single line completes. */
  pending: string[];
  units: number;
  name: string | undefined;
  /** `[DONE]` has come. */
  done: boolean;
  /** An event was given and no blank line has come since. */
  open: boolean;
  /** The line that follows is the last and may be cut off. */
  ending: boolean;
  fields: number;
  events: number;
}

const COLON = 0x3a;

export function openFraming(sink: EventSink): Framing {
  const counts = { units: 0, fields: 0, events: 0 };
  return { sink, pending: [], name: undefined, done: false, open: false, ending: false, ...counts };
}

/** Read one line. An event that is complete JSON is given at once, without waiting for a blank line. */
export function readLine(bytes: Uint8Array, framing: Framing): void {
  const { sink } = framing;
  // Blank lines and comments are told by their bytes: hostile servers send millions.
  if (bytes[0] === COLON) {
    sink.quirk('COMMENTS');
    return;
  }
  const line = bytes.length === 0 ? '' : withoutNul(decodeUtf8(bytes, sink), sink);
  if (line === '') blank(framing);
  else if (line.startsWith('{') && framing.pending.length === 0) bare(line, framing);
  else field(line, framing);
}

/** The body is over. What was cut off is dropped, and the reply is known to be incomplete. */
export function endFraming(framing: Framing): void {
  if (framing.pending.length > 0 && !give(framing.pending.join('\n'), framing))
    framing.sink.quirk('EVENT_CUT');
}

function give(source: string, framing: Framing): boolean {
  const parsed = parseEvent(source);
  if (parsed === undefined) return false;
  const { sink, done, name } = framing;
  if (parsed.repaired) sink.quirk('CONTROL_BYTES');
  if (done) sink.quirk('DONE_NOT_LAST');
  else sink.event(parsed.value, name);
  framing.events++;
  return true;
}

function blank(framing: Framing): void {
  const source = framing.pending.length > 0 ? framing.pending.join('\n') : undefined;
  framing.pending = [];
  framing.units = 0;
  if (source !== undefined && !give(source, framing)) throw badEvent('has an event that is no JSON');
  framing.name = undefined;
  framing.open = false;
}

function bare(line: string, framing: Framing): void {
  if (framing.fields + framing.events > 0) framing.sink.quirk('DATA_PREFIX_MISSING');
  if (give(line, framing)) return;
  if (!framing.ending) throw badEvent('has a line that begins like JSON and is none');
  framing.sink.quirk('EVENT_CUT');
}

function field(line: string, framing: Framing): void {
  const colon = line.indexOf(':');
  const key = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
  if (key === 'data') {
    framing.fields++;
    data(value, framing);
  } else if (key === 'event') {
    framing.name = value.trim();
    if (framing.name !== '' && framing.name !== 'message') framing.sink.quirk('EVENT_NAMES');
  }
}

function data(value: string, framing: Framing): void {
  const trimmed = value.trim();
  if (framing.pending.length > 0) {
    framing.units += value.length;
    if (framing.pending.length >= MAX_EVENT_LINES || framing.units > MAX_EVENT_BYTES)
      throw overLimit('CHAT_EVENT_BYTES', 'has an event of too many lines');
    framing.pending.push(value);
  } else if (trimmed === '[DONE]') framing.done = true;
  else if (trimmed.startsWith('{')) {
    if (framing.open) framing.sink.quirk('SINGLE_NEWLINE');
    framing.open = true;
    framing.units = value.length;
    if (!trimmed.endsWith('}') || !give(trimmed, framing)) framing.pending.push(value);
  } else if (trimmed !== '') framing.sink.quirk('EVENT_NOT_JSON');
}

/** Padding that some proxies write between events. */
function withoutNul(line: string, sink: EventSink): string {
  if (!line.startsWith('\0')) return line;
  sink.quirk('NUL_BYTES');
  return line.replace(/^\0+/, '');
}
