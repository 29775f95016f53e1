import { invalidFile, quoted } from '../failure.js';
import type { IndexFault } from './faults.js';
import type { ShardIndexFile } from './shard-index.js';
import type { SafetensorsFile } from './types.js';

/** What honest deliveries show too, and so no reason to refuse one. */
export type ShardFinding =
  /** Listed shards that were not delivered: metadata alone, or an interrupted download. */
  | { readonly kind: 'shards-absent'; readonly shards: readonly string[]; readonly tensors: number }
  /** Files beside the shards that the index does not name. */
  | { readonly kind: 'files-unlisted'; readonly files: readonly string[] }
  /** Stored in a listed shard, not in the index; the first names of them. */
  | { readonly kind: 'tensors-unlisted'; readonly count: number; readonly names: readonly string[] }
  /** Shared tensors counted twice, or sizes before a conversion, make this differ. Bytes. */
  | { readonly kind: 'total-size'; readonly stated: number; readonly stored: number };

const NAMES_KEPT = 8;
const HINT = 'Programs differ in which weights they load from this; ask for a delivery whose index is right.';

/**
 * Hold an index against the headers of its shards, by file name. Throws FORMAT_INVALID where programs would load
 * different weights: INDEX_TENSOR_TWICE, INDEX_TENSOR_ELSEWHERE, INDEX_ENTRY_GHOST, at the entry's byte in the index.
 */
export function checkShards(
  index: ShardIndexFile,
  files: ReadonlyMap<string, SafetensorsFile>,
): readonly ShardFinding[] {
  const listed = new Set(index.tensors.values());
  const stored = storedIn(index, listed, files);
  const absent = new Set([...listed].filter((shard) => !files.has(shard)));
  const missing = checkEntries(index, stored, absent);
  const unlistedFiles = [...files.keys()].filter((file) => !listed.has(file));
  const unlisted = [...stored.keys()].filter((tensor) => !index.tensors.has(tensor));
  const findings: ShardFinding[] = [];
  if (absent.size > 0) findings.push({ kind: 'shards-absent', shards: [...absent], tensors: missing });
  if (unlistedFiles.length > 0) findings.push({ kind: 'files-unlisted', files: unlistedFiles });
  if (unlisted.length > 0) {
    const names = unlisted.slice(0, NAMES_KEPT);
    findings.push({ kind: 'tensors-unlisted', count: unlisted.length, names });
  }
  const bytes = payload(listed, files);
  if (absent.size === 0 && index.totalSize !== null && index.totalSize !== bytes) {
    findings.push({ kind: 'total-size', stated: index.totalSize, stored: bytes });
  }
  return findings;
}

/** Shard of every tensor in the listed shards. */
function storedIn(
  index: ShardIndexFile,
  listed: ReadonlySet<string>,
  files: ReadonlyMap<string, SafetensorsFile>,
): ReadonlyMap<string, string> {
  const stored = new Map<string, string>();
  for (const [shard, { tensors }] of files) {
    if (!listed.has(shard)) continue;
    for (const { name } of tensors) {
      const first = stored.get(name);
      if (first !== undefined) {
        throw invalid(
          index,
          name,
          'INDEX_TENSOR_TWICE',
          `is stored in both ${quoted(first)} and ${quoted(shard)}`,
        );
      }
      stored.set(name, shard);
    }
  }
  return stored;
}

/** Check that each listed tensor is where the index says; returns how many could not be looked for. */
function checkEntries(
  index: ShardIndexFile,
  stored: ReadonlyMap<string, string>,
  absent: ReadonlySet<string>,
): number {
  let missing = 0;
  for (const [tensor, shard] of index.tensors) {
    const found = stored.get(tensor);
    if (found === shard) continue;
    if (found !== undefined) {
      const what = `is listed in ${quoted(shard)} and stored in ${quoted(found)}`;
      throw invalid(index, tensor, 'INDEX_TENSOR_ELSEWHERE', what);
    }
    if (!absent.has(shard)) {
      throw invalid(
        index,
        tensor,
        'INDEX_ENTRY_GHOST',
        `is listed in ${quoted(shard)}, which does not hold it`,
      );
    }
    missing++;
  }
  return missing;
}

function payload(listed: ReadonlySet<string>, files: ReadonlyMap<string, SafetensorsFile>): number {
  let bytes = 0;
  for (const [shard, { tensors }] of files) {
    if (listed.has(shard)) for (const tensor of tensors) bytes += tensor.bytes;
  }
  return bytes;
}

/** A tensor that the index does not list is named at byte 0. */
function invalid(index: ShardIndexFile, tensor: string, fault: IndexFault, what: string): Error {
  const position = [...index.tensors.keys()].indexOf(tensor);
  const at = index.offsets[position] ?? 0;
  return invalidFile({ file: index.name, at, fault }, `tensor ${quoted(tensor)} ${what}`, HINT);
}
