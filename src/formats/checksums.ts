import type { ListedDigest } from '../core/types.js';
import { checksumLines } from './checksum-lines.js';
import { fileOverLimit, invalidFile, quoted } from './failure.js';
import { hubTree } from './hub-tree.js';

/** What can be wrong with a list of checksums, besides the JSON of one. */
export type ChecksumFault =
  | 'CHECKSUMS_CONTRADICTION'
  | 'CHECKSUMS_EMPTY'
  | 'CHECKSUMS_ESCAPE'
  | 'CHECKSUMS_LIMIT'
  | 'CHECKSUMS_LINE'
  | 'CHECKSUMS_PATH'
  | 'CHECKSUMS_TREE'
  | 'CHECKSUMS_UTF8';

/** An entry and the byte at which it stands; JSON entries all stand at 0. */
export interface FoundDigest extends ListedDigest {
  readonly at: number;
}

/** Twice the files of the largest delivery. */
const MAX_ENTRIES = 20_000;
const MAX_BYTES = 16 * 2 ** 20;
const RELATIVE = 'List the files relative to the delivery, as "sha256sum *" does in its folder.';

/**
 * A publisher's list of files: text of `sha256sum`, with or without `--tag`, names escaped as GNU coreutils does; or
 * JSON of the Hugging Face tree API, where files outside Git LFS have a size and no SHA-256. Paths come out relative,
 * without "./". Throws FORMAT_INVALID, FORMAT_TRUNCATED and FORMAT_LIMIT, each with a ChecksumFault or JsonFault and the byte.
 */
export function parseChecksums(bytes: Uint8Array, name: string): ListedDigest[] {
  if (bytes.length > MAX_BYTES) throw overLimit(name, MAX_BYTES, `the list has more than ${MAX_BYTES} bytes`);
  const first = bytes.find((byte) => byte > 0x20);
  const found = first === 0x5b || first === 0x7b ? hubTree(bytes, name) : checksumLines(bytes, name);
  const listed = new Map<string, ListedDigest>();
  for (const { at, ...entry } of found) {
    const path = delivered(entry.path, name, at);
    const earlier = listed.get(path);
    if (earlier && (earlier.sha256 !== entry.sha256 || earlier.bytes !== entry.bytes)) {
      const what = `${quoted(path)} is listed twice, with two digests or sizes`;
      throw invalidFile<ChecksumFault>(
        { file: name, at, fault: 'CHECKSUMS_CONTRADICTION' },
        what,
        'Ask the publisher which is right.',
      );
    }
    if (listed.size >= MAX_ENTRIES)
      throw overLimit(name, at, `the list names more than ${MAX_ENTRIES} files`);
    listed.set(path, { ...entry, path });
  }
  if (listed.size > 0) return [...listed.values()];
  throw invalidFile<ChecksumFault>(
    { file: name, at: 0, fault: 'CHECKSUMS_EMPTY' },
    'the list names no file',
    'Give the output of sha256sum, or of the Hugging Face tree API.',
  );
}

/** A path that no delivery can hold would count as missing, and accuse the seller of it. */
function delivered(path: string, file: string, at: number): string {
  const steps = path.split('/').filter((step) => step !== '.' && step !== '');
  if (steps.length > 0 && !path.startsWith('/') && !steps.includes('..') && path !== '-')
    return steps.join('/');
  const what = `${quoted(path)} is no path inside a delivery`;
  throw invalidFile<ChecksumFault>({ file, at, fault: 'CHECKSUMS_PATH' }, what, RELATIVE);
}

function overLimit(file: string, at: number, what: string): Error {
  return fileOverLimit<ChecksumFault>({ file, at, fault: 'CHECKSUMS_LIMIT' }, what);
}
