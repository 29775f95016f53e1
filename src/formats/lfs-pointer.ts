import type { LfsPointer } from '../core/types.js';

/** "version …\n", "oid sha256:…\n" and "size 0\n". */
export const MIN_POINTER_BYTES = 126;
/** The specification keeps pointers under 1,024 bytes. */
export const MAX_POINTER_BYTES = 1023;

const VERSION = 'version https://git-lfs.github.com/spec/v1';
const LINE = /^([a-z0-9.-]+) ([^\r\n]+)$/;
const OID = /^sha256:([0-9a-f]{64})$/;
const SIZE = /^(0|[1-9][0-9]{0,15})$/;

/**
 * A Git-LFS pointer: the version first, then keys in alphabetical order, each line ended by a line feed. Null for
 * anything else, since a pointer that Git LFS would not resolve is only a small file.
 * Source: git-lfs, docs/spec.md.
 */
export function parseLfsPointer(bytes: Uint8Array): LfsPointer | null {
  if (bytes.length < MIN_POINTER_BYTES || bytes.length > MAX_POINTER_BYTES) return null;
  const [version, ...lines] = new TextDecoder().decode(bytes).split('\n');
  if (version !== VERSION || lines.pop() !== '') return null;
  const values = new Map<string, string>();
  let last = '';
  for (const line of lines) {
    const [, key = '', value = ''] = LINE.exec(line) ?? [];
    if (key <= last || key === 'version') return null;
    values.set(key, value);
    last = key;
  }
  const oid = OID.exec(values.get('oid') ?? '')?.[1];
  const size = SIZE.exec(values.get('size') ?? '')?.[1];
  if (oid === undefined || size === undefined || !Number.isSafeInteger(Number(size))) return null;
  return { sha256: oid, bytes: Number(size) };
}
