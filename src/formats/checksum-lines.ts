import type { ChecksumFault, FoundDigest } from './checksums.js';
import { invalidFile, quoted } from './failure.js';

const GNU = /^([0-9a-f]{64}) [ *](.+)$/is;
const BSD = /^SHA256 \((.+)\) = ([0-9a-f]{64})$/is;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\\\\', '\\'],
  ['\\n', '\n'],
  ['\\r', '\r'],
]);
const UTF8 = new TextDecoder('utf-8', { fatal: true });
const LINE_FEED = 0x0a;
const EXPECTED =
  'Expected lines of sha256sum: 64 hexadecimal digits, two spaces and a name, or "SHA256 (name) = digits".';

/** Entries of a sha256sum text. Empty lines and those that start with # say nothing. */
export function* checksumLines(bytes: Uint8Array, file: string): Generator<FoundDigest> {
  for (let at = 0; at < bytes.length; ) {
    const feed = bytes.indexOf(LINE_FEED, at);
    const end = feed === -1 ? bytes.length : feed;
    const fail = (fault: ChecksumFault, what: string): Error =>
      invalidFile({ file, at, fault }, what, EXPECTED);
    const line = decoded(bytes.subarray(at, end), fail).replace(/\r$/, '');
    if (line.trim() !== '' && !line.startsWith('#')) yield { ...entryOf(line, fail), at };
    at = end + 1;
  }
}

type Fail = (fault: ChecksumFault, what: string) => Error;

function decoded(bytes: Uint8Array, fail: Fail): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw fail('CHECKSUMS_UTF8', 'the line is not UTF-8');
  }
}

function entryOf(line: string, fail: Fail): Omit<FoundDigest, 'at'> {
  // GNU coreutils puts a backslash before a line whose name is escaped.
  const escaped = line.startsWith('\\');
  const text = escaped ? line.slice(1) : line;
  const gnu = GNU.exec(text);
  const [, first, second] = gnu ?? BSD.exec(text) ?? [];
  const [sha256, name] = gnu ? [first, second] : [second, first];
  if (sha256 === undefined || name === undefined)
    throw fail('CHECKSUMS_LINE', `${quoted(line)} is no line of sha256sum`);
  return { path: escaped ? unescaped(name, fail) : name, sha256: sha256.toLowerCase(), bytes: null };
}

function unescaped(name: string, fail: Fail): string {
  return name.replace(/\\.?/gs, (sequence) => {
    const character = ESCAPES.get(sequence);
    if (character === undefined)
      throw fail('CHECKSUMS_ESCAPE', `${quoted(sequence)} is no escape of sha256sum`);
    return character;
  });
}
