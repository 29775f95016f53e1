import { AssayError } from '../core/errors.js';
import { openBytes } from '../io/files.js';
import { digestFiles } from '../io/hash/digest-files.js';
import { hashRange, type ModelTree } from '../io/model-tree.js';
import { contentOf, wholeFile } from '../oms/manifest.js';
import type { Serialization } from '../oms/resource.js';

export interface HashOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called as files are read; of shards and BLAKE2b only after each file, and without a total. */
  readonly onBytes?: ((done: number, total?: number) => void) | undefined;
}

interface Limits extends HashOptions {
  /** Shards of one file at most. More than were signed cannot be equal, and a tiny shard size would make millions. */
  readonly maxPieces: number;
}

/**
 * What files hold, by path and as a manifest writes it. Every byte is read: remembered digests are no evidence.
 * Throws FILE_UNREADABLE, PATH_ESCAPES or the signal's reason.
 */
export async function fileContents(
  tree: ModelTree,
  paths: readonly string[],
  serialization: Serialization,
  limits: Limits,
): Promise<Map<string, string>> {
  const { method, hashType } = serialization;
  if (method === 'files' && hashType === 'sha256') {
    const hashed = await digestFiles(tree, paths, limits);
    return new Map(hashed.map(({ path, sha256 }) => [path, wholeFile(sha256)]));
  }
  const contents = new Map<string, string>();
  let done = 0;
  for (const path of paths) {
    const { content, bytes } = await readContent(tree, path, serialization, limits);
    contents.set(path, content);
    done += bytes;
    limits.onBytes?.(done);
  }
  return contents;
}

async function readContent(
  tree: ModelTree,
  path: string,
  { method, hashType, shardSize = 0 }: Serialization,
  { maxPieces, signal }: Limits,
): Promise<{ readonly content: string; readonly bytes: number }> {
  if (hashType === 'blake3') throw new AssayError('INTERNAL', 'BLAKE3 is refused before files are read.');
  const algorithm = hashType === 'blake2b' ? 'blake2b512' : 'sha256';
  const source = await openBytes(tree, path);
  const digest = (start: number, end: number) => hashRange(source, algorithm, { start, end, signal });
  const bytes = source.size;
  try {
    if (method === 'files') return { content: wholeFile(await digest(0, bytes)), bytes };
    if (bytes / shardSize > maxPieces) return { content: `${bytes} bytes`, bytes };
    const pieces = [];
    for (let start = 0; start < bytes; start += shardSize) {
      const end = Math.min(start + shardSize, bytes);
      pieces.push({ start, end, digest: await digest(start, end) });
    }
    return { content: contentOf(pieces), bytes };
  } finally {
    await source.close();
  }
}
