import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { AssayError, type ErrorCode } from '../core/errors.js';

/** How messages name it. */
export const STDOUT = 'standard output';

/** Evidence of the deep suite is under 20 MB; a device or a renamed weight file would go on for ever. */
const MAX_TEXT = 256 * 2 ** 20;
const CHUNK = 2 ** 20;
/** Deeper than anything this tool writes, and shallow enough for every recursive reader. */
const MAX_NESTING = 100;

/** Read a text file, or standard input for `-`. Throws USAGE, or EVIDENCE_INVALID for an endless one. */
export function readText(path: string): string {
  return readBytes(path).toString('utf8');
}

/** The exact bytes of a file, otherwise as readText. */
export function readBytes(path: string): Buffer {
  let bytes: Buffer | null;
  try {
    bytes = readBounded(path);
  } catch (cause) {
    throw new AssayError('USAGE', `Cannot read "${path}" (${(cause as NodeJS.ErrnoException).code}).`, {
      hint: 'Give the path of an existing file, or - for standard input.',
      cause,
    });
  }
  if (bytes !== null) return bytes;
  throw new AssayError('EVIDENCE_INVALID', `"${path}" has more than ${MAX_TEXT} bytes.`, {
    hint: 'Give a file that assay wrote.',
  });
}

function readBounded(path: string): Buffer | null {
  const descriptor = path === '-' ? 0 : openSync(path, 'r');
  try {
    const chunks: Buffer[] = [];
    for (let total = 0; total <= MAX_TEXT; ) {
      const chunk = Buffer.allocUnsafe(CHUNK);
      const count = readSync(descriptor, chunk, 0, CHUNK, null);
      if (count === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, count));
      total += count;
    }
    return null;
  } finally {
    if (descriptor !== 0) closeSync(descriptor);
  }
}

/** The text of a JSON document that recursive readers can follow. Throws as readText, and EVIDENCE_INVALID. */
export function readJsonText(path: string): string {
  const text = readText(path);
  if (nesting(text) <= MAX_NESTING) return text;
  throw new AssayError('EVIDENCE_INVALID', `"${path}" is nested more than ${MAX_NESTING} levels deep.`, {
    hint: 'Give a file that assay wrote.',
  });
}

/** Deepest level of brackets outside strings. */
function nesting(json: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < json.length; i++) {
    const character = json[i];
    if (character === '"') quoted = !quoted;
    else if (quoted && character === '\\') i++;
    else if (!quoted && (character === '[' || character === '{')) deepest = Math.max(deepest, ++depth);
    else if (!quoted && (character === ']' || character === '}')) depth--;
  }
  return deepest;
}

/** Write a file, or standard output for `-`. Throws WRITE_FAILED, on a full disk too. */
export function writeText(path: string, text: string): void {
  try {
    if (path === '-') process.stdout.write(text);
    else writeFileSync(path, text);
  } catch (cause) {
    throw writeFailed(path === '-' ? STDOUT : `"${path}"`, cause);
  }
}

/** Why output was lost. */
export function writeFailed(target: string, cause: unknown): AssayError {
  const code: ErrorCode = 'WRITE_FAILED';
  return new AssayError(code, `Cannot write ${target} (${(cause as NodeJS.ErrnoException).code}).`, {
    hint: 'Check the folder, its permissions and the free space; nothing was sent elsewhere.',
    cause,
  });
}
