import { AssayError } from '../core/errors.js';
import { hashFile, openBytes } from '../io/files.js';
import { hashRange, type ModelTree } from '../io/model-tree.js';
import { contentOf, wholeFile } from '../oms/manifest.js';
import type { Serialization } from '../oms/resource.js';

export interface HashOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called as files are read, with the bytes since the last call. */
  readonly onBytes?: (count: number) => void;
}

/** What a file holds, as a manifest writes it. Throws FILE_UNREADABLE, PATH_ESCAPES and ABORTED. */
export async function fileContent(
  tree: ModelTree,
  path: string,
  { method, hashType, shardSize = 0 }: Serialization,
  options: HashOptions & { readonly maxPieces?: number },
): Promise<string> {
  if (method === 'files' && hashType === 'sha256')
    return wholeFile((await hashFile(tree, path, options)).sha256);
  if (hashType === 'blake3') throw new AssayError('INTERNAL', 'BLAKE3 is refused before files are read.');
  const source = await openBytes(tree, path);
  try {
    const algorithm = hashType === 'blake2b' ? 'blake2b512' : 'sha256';
    const digest = async (start: number, end: number) => {
      const hex = await hashRange(source, algorithm, { start, end, signal: options.signal });
      options.onBytes?.(end - start);
      return hex;
    };
    if (method === 'files') return wholeFile(await digest(0, source.size));
    // More pieces than were signed cannot be equal, and a tiny shard size would make millions of them.
    if (source.size / shardSize > (options.maxPieces ?? 0)) return `${source.size} bytes`;
    const pieces = [];
    for (let start = 0; start < source.size; start += shardSize) {
      const end = Math.min(start + shardSize, source.size);
      pieces.push({ start, end, digest: await digest(start, end) });
    }
    return contentOf(pieces);
  } finally {
    await source.close();
  }
}
