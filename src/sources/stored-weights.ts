import type { ByteSource } from '../core/bytes.js';
import { AssayError } from '../core/errors.js';
import type { MetadataValue, ShardIndex, StoredTensor, WeightFile } from '../core/types.js';
import { readGguf } from '../formats/gguf/read.js';
import { readSafetensors } from '../formats/safetensors/read.js';
import { readShardIndex } from '../formats/safetensors/shard-index.js';
import { type Delivery, openBytes, readSmallText } from '../io/files.js';
import type { WeightSet } from './located-weights.js';

/** DeepSeek-R1's index has 9 MB. */
const MAX_INDEX_BYTES = 64 * 2 ** 20;

/** Headers of all files of one set of weights. */
export interface StoredWeights {
  readonly tensors: readonly StoredTensor[];
  readonly files: readonly WeightFile[];
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  readonly index: ShardIndex | null;
}

interface Header {
  readonly tensors: readonly StoredTensor[];
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  readonly headerBytes: number;
}

/** Read the headers of a set of weights, one file after the other. Throws FORMAT_*, FILE_UNREADABLE, PATH_ESCAPES. */
export async function readStoredWeights(
  delivery: Delivery,
  { kind, paths, indexPath }: WeightSet,
  signal: AbortSignal | undefined,
): Promise<StoredWeights> {
  const tensors: StoredTensor[] = [];
  const files: WeightFile[] = [];
  const metadata = new Map<string, MetadataValue>();
  for (const path of paths) {
    const { header, bytes } = await headerOf(delivery, path, kind, signal);
    for (const tensor of header.tensors) tensors.push(tensor);
    for (const [key, value] of header.metadata) if (!metadata.has(key)) metadata.set(key, value);
    files.push({ path, bytes, headerBytes: header.headerBytes, tensors: header.tensors.length });
  }
  const index = indexPath === null ? null : await indexOf(delivery, indexPath);
  return { tensors, files, metadata, index };
}

async function headerOf(
  delivery: Delivery,
  path: string,
  kind: WeightSet['kind'],
  signal: AbortSignal | undefined,
): Promise<{ header: Header; bytes: number }> {
  const source = await openBytes(delivery, path);
  try {
    return {
      header: await (kind === 'gguf' ? gguf : readSafetensors)(source, signal ? { signal } : {}),
      bytes: source.size,
    };
  } finally {
    await source.close();
  }
}

async function gguf(source: ByteSource, options: { readonly signal?: AbortSignal }): Promise<Header> {
  const { tensors, metadata, dataOffset } = await readGguf(source, options);
  return { tensors, metadata, headerBytes: dataOffset };
}

async function indexOf(delivery: Delivery, path: string): Promise<ShardIndex> {
  const text = await readSmallText(delivery, path, MAX_INDEX_BYTES);
  if (text !== null) return readShardIndex(Buffer.from(text), path);
  throw new AssayError('FILE_UNREADABLE', `"${path}" is gone.`, { hint: 'Collect the delivery again.' });
}
