import type { Window } from '../window.js';

/** Least bytes of the record at the end of an archive, and the longest comment behind it. */
const END_BYTES = 22;
const MAX_COMMENT = 65_535;
const LOCATOR_BYTES = 20;
const END64_BYTES = 56;
/** A torch archive of a large model has some thousand entries of 100 bytes. */
const MAX_DIRECTORY_BYTES = 16 * 2 ** 20;
const ENTRY_BYTES = 46;

const END = 0x06054b50;
const LOCATOR = 0x07064b50;
const END64 = 0x06064b50;
const ENTRY = 0x02014b50;

/** Names in the central directory of a zip archive, nothing unpacked; null when it is damaged or too large. */
export async function zipNames(window: Window, size: number): Promise<readonly string[] | null> {
  const directory = await findDirectory(window, size);
  if (directory === null || directory.bytes > MAX_DIRECTORY_BYTES) return null;
  const { end, bytes: length } = directory;
  if (length > end) return null;
  const bytes = await window.bytes(end - length, end);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const names: string[] = [];
  for (let at = 0; at < length; ) {
    if (at + ENTRY_BYTES > length || view.getUint32(at, true) !== ENTRY) return null;
    const name = view.getUint16(at + 28, true);
    const rest = view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (at + ENTRY_BYTES + name + rest > length) return null;
    names.push(latin1(bytes.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + name)));
    at += ENTRY_BYTES + name + rest;
  }
  return names;
}

/** Where the directory ends, and its length: readers count back from its end, so that archives may follow other bytes. */
async function findDirectory(window: Window, size: number): Promise<{ end: number; bytes: number } | null> {
  if (size < END_BYTES) return null;
  const from = Math.max(0, size - END_BYTES - MAX_COMMENT);
  // Not slice(): on a Buffer that is a view.
  const tail = new Uint8Array(await window.bytes(from, size));
  const view = new DataView(tail.buffer);
  for (let at = tail.byteLength - END_BYTES; at >= 0; at--) {
    if (view.getUint32(at, true) !== END) continue;
    const bytes = view.getUint32(at + 12, true);
    return (await findDirectory64(window, from + at)) ?? { end: from + at, bytes };
  }
  return null;
}

/** The same of an archive beyond 4 GiB. */
async function findDirectory64(window: Window, end: number): Promise<{ end: number; bytes: number } | null> {
  if (end < LOCATOR_BYTES + END64_BYTES) return null;
  const from = end - LOCATOR_BYTES - END64_BYTES;
  const found = await window.bytes(from, end);
  const view = new DataView(found.buffer, found.byteOffset, found.byteLength);
  const located = view.getUint32(END64_BYTES, true) === LOCATOR && view.getUint32(0, true) === END64;
  return located ? { end: from, bytes: Number(view.getBigUint64(40, true)) } : null;
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 4096));
}
