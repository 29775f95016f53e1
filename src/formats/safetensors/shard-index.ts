import type { ByteSource } from '../../core/bytes.js';
import type { ShardIndex } from '../../core/types.js';
import { fileOverLimit, invalidFile, quoted } from '../failure.js';
import { flatText } from '../flat-text.js';
import { duplicateKey, valueReader } from '../json/parse.js';
import { JsonReader } from '../json/reader.js';
import type { IndexFault } from './faults.js';
import { MAX_INDEX_BYTES, MAX_INDEXED_TENSORS, MAX_NAME_LENGTH, MAX_SHARDS } from './limits.js';
import { checkShardName } from './shard-name.js';

const DAMAGED = 'The index is damaged or was edited by hand; download it again.';

/** A shard index with what errors found later need to point into it. */
export interface ShardIndexFile extends ShardIndex {
  /** Name of the index file. */
  readonly name: string;
  /** Byte of each entry's shard name in the index, in the order of `tensors`. */
  readonly offsets: Uint32Array;
}

interface Draft {
  readonly reader: JsonReader;
  readonly tensors: Map<string, string>;
  readonly offsets: number[];
  /** Each shard's name once, so that 90,000 entries do not hold as many copies. */
  readonly shards: Map<string, string>;
  totalSize: number | null;
  mapped: boolean;
}

/**
 * Read model.safetensors.index.json. Shards are plain file names: nothing that could lead out of the folder.
 * Throws FORMAT_INVALID, FORMAT_TRUNCATED, FORMAT_LIMIT and PATH_ESCAPES, each with an IndexFault and the byte.
 */
export function readShardIndex(bytes: Uint8Array, name: string): ShardIndexFile {
  checkSize(bytes.length, name);
  const reader = new JsonReader(bytes, name);
  const draft: Draft = {
    reader,
    tensors: new Map(),
    offsets: [],
    shards: new Map(),
    totalSize: null,
    mapped: false,
  };
  members(reader, 'the index', (key) => readMember(draft, key));
  reader.end();
  if (!draft.mapped) throw invalid(reader, 0, 'INDEX_WEIGHT_MAP_MISSING', 'the index has no weight_map');
  const { tensors, totalSize, offsets } = draft;
  return { name, tensors, totalSize, offsets: Uint32Array.from(offsets) };
}

/** The same from a source, which is not read when it is longer than any index. */
export async function openShardIndex(source: ByteSource): Promise<ShardIndexFile> {
  checkSize(source.size, source.name);
  return readShardIndex(await source.read(0, source.size), source.name);
}

function checkSize(size: number, file: string): void {
  if (size <= MAX_INDEX_BYTES) return;
  const what = `the index has ${size} bytes; the limit is ${MAX_INDEX_BYTES}`;
  throw fileOverLimit({ file, at: 0, fault: 'INDEX_LIMIT' satisfies IndexFault }, what);
}

function readMember(draft: Draft, key: string): void {
  const { reader } = draft;
  const skip = valueReader(reader);
  if (key === 'weight_map') {
    draft.mapped = true;
    members(reader, 'weight_map', (tensor, at) => readEntry(draft, tensor, at), draft.tensors);
  } else if (key === 'metadata') {
    members(reader, 'metadata', (field) => {
      if (field === 'total_size') draft.totalSize = readTotalSize(reader);
      else skip();
    });
  } else {
    skip();
  }
}

function readEntry({ reader, tensors, offsets, shards }: Draft, tensor: string, keyAt: number): void {
  if (tensors.size === MAX_INDEXED_TENSORS) {
    throw overLimit(reader, keyAt, 'INDEX_TENSOR_LIMIT', `more than ${MAX_INDEXED_TENSORS} tensors`);
  }
  if (tensor.length > MAX_NAME_LENGTH) {
    throw overLimit(reader, keyAt, 'INDEX_TENSOR_LIMIT', `a name of ${tensor.length} characters`);
  }
  const at = reader.offset;
  if (reader.kind() !== 'string') {
    throw invalid(reader, at, 'INDEX_TYPE', `the shard of tensor ${quoted(tensor)} is not a string`);
  }
  const shard = reader.string();
  const known = shards.get(shard);
  if (known === undefined) {
    checkShardName(shard, reader.name, at);
    if (shards.size === MAX_SHARDS) {
      throw overLimit(reader, at, 'INDEX_SHARD_LIMIT', `more than ${MAX_SHARDS} shards`);
    }
    shards.set(shard, flatText(shard));
  }
  tensors.set(flatText(tensor), known ?? flatText(shard));
  offsets.push(at);
}

/** Some writers state it as a float. */
function readTotalSize(reader: JsonReader): number {
  const at = reader.offset;
  const value = reader.kind() === 'number' ? reader.number() : undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw invalid(reader, at, 'INDEX_TYPE', 'metadata.total_size is not a number of bytes');
}

/** Visit an object whose keys must differ. `kept` is where `visit` keeps them, if it does. */
function members(
  reader: JsonReader,
  what: string,
  visit: (key: string, at: number) => void,
  kept?: ReadonlyMap<string, unknown>,
): void {
  const at = reader.offset;
  if (reader.kind() !== 'object') throw invalid(reader, at, 'INDEX_TYPE', `${what} is not an object`);
  const seen = new Set<string>();
  reader.object((key, keyAt) => {
    if ((kept ?? seen).has(key)) {
      throw duplicateKey<IndexFault>(reader.name, key, keyAt, 'INDEX_KEY_DUPLICATE');
    }
    if (kept === undefined) seen.add(key);
    visit(key, keyAt);
  });
}

function invalid(reader: JsonReader, at: number, fault: IndexFault, what: string): Error {
  return invalidFile({ file: reader.name, at, fault }, what, DAMAGED);
}

function overLimit(reader: JsonReader, at: number, fault: IndexFault, what: string): Error {
  return fileOverLimit({ file: reader.name, at, fault }, `the index lists ${what}`);
}
