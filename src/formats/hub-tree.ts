import type { ChecksumFault, FoundDigest } from './checksums.js';
import { invalidFile } from './failure.js';
import { type JsonValue, parseJson } from './json/parse.js';

const SHA256 = /^[0-9a-f]{64}$/;

/** Files of `GET /api/models/…/tree/<revision>?recursive=true`: an array of files and directories. */
export function* hubTree(bytes: Uint8Array, file: string): Generator<FoundDigest> {
  const tree = parseJson(bytes, file);
  if (!Array.isArray(tree)) throw unknown(file, 'the JSON is not an array');
  for (const [index, entry] of (tree as readonly JsonValue[]).entries()) {
    const found = entryOf(entry);
    if (found === null) throw unknown(file, `entry ${index} is neither a file nor a directory`);
    if (found !== 'directory') yield found;
  }
}

function entryOf(entry: JsonValue): FoundDigest | 'directory' | null {
  if (!(entry instanceof Map)) return null;
  if (entry.get('type') === 'directory') return 'directory';
  const path: JsonValue = entry.get('path');
  const bytes: JsonValue = entry.get('size');
  const lfs: JsonValue | undefined = entry.get('lfs');
  if (entry.get('type') !== 'file' || typeof path !== 'string' || !isSize(bytes)) return null;
  if (lfs === undefined || lfs === null) return { path, sha256: null, bytes, at: 0 };
  const oid: unknown = lfs instanceof Map ? lfs.get('oid') : undefined;
  return typeof oid === 'string' && SHA256.test(oid) ? { path, sha256: oid, bytes, at: 0 } : null;
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function unknown(file: string, what: string): Error {
  return invalidFile<ChecksumFault>(
    { file, at: 0, fault: 'CHECKSUMS_TREE' },
    what,
    'Expected the answer of the Hugging Face tree API: objects with type, path, size and, under Git LFS, lfs.oid.',
  );
}
