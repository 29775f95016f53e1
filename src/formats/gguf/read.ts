import type { ByteSource } from '../../core/bytes.js';
import type { StoredTensor } from '../../core/types.js';
import { alignmentOf, checkSplitKeys } from './consistency.js';
import { GgufCursor } from './cursor.js';
import { MAX_KEYS, MAX_TENSORS } from './limits.js';
import { addFinding, type Pairs, readMetadata } from './metadata.js';
import { checkEnd, padded, readTensors, type TensorList } from './tensors.js';
import type { GgufFile } from './types.js';
import { checkTokenLists, checkVocabularySize } from './vocabulary.js';

/** "GGUF" as a little-endian u32. */
const MAGIC = 0x46554747;
/** Least bytes of a tensor: length of its name, rank, type, offset. */
const TENSOR_BYTES = 24;
/** Least bytes of a pair: length of a key, one letter, type, one byte. */
const PAIR_BYTES = 14;

/**
 * Read the header of a GGUF file of version 2 or 3: metadata, and where its tensors are. Tensor data are located, held
 * against the length of the file and skipped. Stricter than llama.cpp's reader only where programs differ in what they
 * would read. Throws FORMAT_INVALID, FORMAT_TRUNCATED or FORMAT_LIMIT with a GgufFault and the byte, or ABORTED.
 */
export async function readGguf(
  source: ByteSource,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<GgufFile> {
  const cursor = new GgufCursor(source, options);
  const version = await readVersion(cursor);
  const tensorCount = await cursor.count({
    fault: 'GGUF_TENSOR_COUNT',
    what: 'tensors',
    limit: MAX_TENSORS,
    unit: TENSOR_BYTES,
  });
  const pairCount = await cursor.count({
    fault: 'GGUF_KEY_COUNT',
    what: 'keys',
    limit: MAX_KEYS,
    unit: PAIR_BYTES,
  });
  const pairs = await readMetadata(cursor, pairCount);
  const alignment = alignmentOf(cursor, pairs);
  const list = await readTensors(cursor, tensorCount, alignment);
  checkSplitKeys(cursor, pairs, tensorCount);
  const { dataOffset, tensors } = place(cursor, pairs, list, alignment);
  checkTokenLists(cursor, pairs);
  checkVocabularySize({ file: source.name, extents: pairs.extents, tensors });
  const { values: metadata, extents, findings } = pairs;
  return { version, metadata, extents, tensors, alignment, dataOffset, findings };
}

async function readVersion(cursor: GgufCursor): Promise<2 | 3> {
  const start = cursor.size < 4 ? 0 : await cursor.u32();
  if (start !== MAGIC) throw cursor.invalid('GGUF_MAGIC', 0, 'the file does not start with "GGUF"');
  const version = await cursor.u32();
  if (version === 2 || version === 3) return version;
  if (version !== 0 && (version & 0xffff) === 0) {
    const what = 'the version is stored with its bytes reversed: this is a file for big-endian machines';
    const hint = 'Ask for the little-endian file, or convert it with gguf_convert_endian.py.';
    throw cursor.invalid('GGUF_BIG_ENDIAN', 4, what, hint);
  }
  const hint = 'Convert the model again with a current converter.';
  throw cursor.invalid('GGUF_VERSION', 4, `the version is ${version}; expected 2 or 3`, hint);
}

/** Tensors at their bytes of the file, all inside it. */
function place(
  cursor: GgufCursor,
  pairs: Pairs,
  list: TensorList,
  alignment: number,
): { dataOffset: number; tensors: StoredTensor[] } {
  const { position, size } = cursor;
  // A file without tensors ends with its metadata, padded or not.
  if (list.tensors.length === 0) return { dataOffset: position, tensors: [] };
  const start = padded(BigInt(position), alignment);
  for (const { name, offset, bytes } of list.tensors) checkEnd(cursor, name, start + BigInt(offset + bytes));
  const end = start + list.paddedBytes;
  // Not refused: llama.cpp ignores them, and the format does not say that a file ends with its last tensor.
  if (end < size) {
    const message = `${BigInt(size) - end} bytes follow the last tensor`;
    addFinding(pairs, { fault: 'GGUF_TRAILING_BYTES', offset: Number(end), message });
  }
  const dataOffset = Number(start);
  return {
    dataOffset,
    tensors: list.tensors.map((tensor) => ({ ...tensor, offset: dataOffset + tensor.offset })),
  };
}
