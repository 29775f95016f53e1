import type { ByteSource } from '../core/bytes.js';
import type { MetadataValue, ShardIndex, StoredTensor, StructureFinding, WeightFile } from '../core/types.js';
import { readGguf } from '../formats/gguf/read.js';
import { checkSplits, type GgufPart } from '../formats/gguf/splits.js';
import { readSafetensors } from '../formats/safetensors/read.js';
import { openShardIndex } from '../formats/safetensors/shard-index.js';
import { checkShards, type ShardFinding } from '../formats/safetensors/shard-set.js';
import type { SafetensorsFile } from '../formats/safetensors/types.js';
import { type Delivery, openBytes } from '../io/files.js';
import type { WeightSet } from './located-weights.js';

/** Headers of all files of one set of weights. */
export interface StoredWeights {
  readonly tensors: readonly StoredTensor[];
  readonly files: readonly WeightFile[];
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  readonly index: ShardIndex | null;
  readonly findings: readonly StructureFinding[];
}

interface Reading {
  readonly signal?: AbortSignal;
}

/** Read the headers of a set of weights. Throws FORMAT_*, FILE_UNREADABLE and PATH_ESCAPES. */
export async function readStoredWeights(
  delivery: Delivery,
  set: WeightSet,
  signal: AbortSignal | undefined,
): Promise<StoredWeights> {
  const options = signal ? { signal } : {};
  return set.kind === 'gguf' ? ggufSet(delivery, set, options) : safetensorsSet(delivery, set, options);
}

async function safetensorsSet(
  delivery: Delivery,
  { paths, indexPath }: WeightSet,
  options: Reading,
): Promise<StoredWeights> {
  const headers = new Map<string, SafetensorsFile>();
  const files: WeightFile[] = [];
  for (const path of paths) {
    await withBytes(delivery, path, async (source) => {
      const header = await readSafetensors(source, options);
      headers.set(path, header);
      files.push(weightFile(source, header.headerBytes, header.tensors));
    });
  }
  const index = indexPath === null ? null : await withBytes(delivery, indexPath, openShardIndex);
  const found = index === null ? [] : checkShards(index, headers);
  return {
    tensors: [...headers.values()].flatMap(({ tensors }) => tensors),
    files,
    metadata: firstOf([...headers.values()]),
    index,
    findings: found.map((finding) => ({ ...describe(finding), file: indexPath ?? '' })),
  };
}

async function ggufSet(delivery: Delivery, { paths }: WeightSet, options: Reading): Promise<StoredWeights> {
  const files: WeightFile[] = [];
  const headers: GgufPart[] = [];
  const findings: StructureFinding[] = [];
  for (const path of paths) {
    await withBytes(delivery, path, async (source) => {
      const header = await readGguf(source, options);
      headers.push({ name: path, file: header });
      files.push(weightFile(source, header.dataOffset, header.tensors));
      for (const { fault, message, offset } of header.findings)
        findings.push({ code: fault, file: path, detail: message, offset });
    });
  }
  const parts = (paths.length > 1 ? checkSplits(headers) : headers).map(({ file }) => file);
  return {
    tensors: parts.flatMap(({ tensors }) => tensors),
    files,
    metadata: firstOf(parts),
    index: null,
    findings,
  };
}

async function withBytes<T>(
  delivery: Delivery,
  path: string,
  use: (source: ByteSource) => Promise<T>,
): Promise<T> {
  const source = await openBytes(delivery, path);
  try {
    return await use(source);
  } finally {
    await source.close();
  }
}

function weightFile(
  { name, size }: ByteSource,
  headerBytes: number,
  tensors: readonly StoredTensor[],
): WeightFile {
  return { path: name, bytes: size, headerBytes, tensors: tensors.length };
}

/** Metadata of a set: of each key, the value of the first file that has it. */
function firstOf(
  headers: readonly { readonly metadata: ReadonlyMap<string, MetadataValue> }[],
): Map<string, MetadataValue> {
  return new Map([...headers].reverse().flatMap(({ metadata }) => [...metadata]));
}

function describe(finding: ShardFinding): Pick<StructureFinding, 'code' | 'detail'> {
  switch (finding.kind) {
    case 'shards-absent':
      return {
        code: 'INDEX_SHARDS_ABSENT',
        detail: `${finding.shards.length} listed shards with ${finding.tensors} tensors were not delivered`,
      };
    case 'files-unlisted':
      return { code: 'INDEX_FILES_UNLISTED', detail: finding.files.join(', ') };
    case 'tensors-unlisted':
      return {
        code: 'INDEX_TENSORS_UNLISTED',
        detail: `${finding.count} stored tensors are not listed, such as ${finding.names.join(', ')}`,
      };
    case 'total-size':
      return {
        code: 'INDEX_TOTAL_SIZE',
        detail: `total_size is ${finding.stated}; the shards hold ${finding.stored} bytes`,
      };
  }
}
