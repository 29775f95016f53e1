import { quoted } from '../formats/failure.js';
import { failure, type OmsFinding, warning } from './finding.js';
import { isUsableIgnore } from './ignore.js';
import {
  listedOrder,
  parseShard,
  type Resource,
  type Serialization,
  type Shard,
  SINGLE_FILE,
  unsafePath,
} from './resource.js';
import { rootDigest } from './root-digest.js';
import type { Statement } from './statement.js';

/** What a statement says every file holds. */
export interface Manifest {
  /** By path: a text that is equal for equal content, see `contentOf`. */
  readonly files: ReadonlyMap<string, string>;
  readonly findings: readonly OmsFinding[];
}

/** Pieces of one file as one text, so that two files with equal texts hold equal bytes. */
export function contentOf(pieces: readonly Pick<Shard, 'start' | 'end' | 'digest'>[]): string {
  return pieces.map(({ start, end, digest }) => `${start}:${end}:${digest}`).join(' ');
}

/** A file hashed as a whole; its size is not part of what is signed. */
export function wholeFile(digest: string): string {
  return contentOf([{ start: 0, end: 0, digest }]);
}

/** Check a statement against itself and gather its resources by file. */
export function readManifest(statement: Statement): Manifest {
  const { resources, serialization } = statement;
  const findings = [...listFindings(statement), ...ignoreFindings(serialization)];
  if (serialization.method === 'shards') return readShards(resources, serialization, findings);
  const files = new Map<string, string>();
  for (const { name, digest } of resources) {
    const single = name === SINGLE_FILE && resources.length === 1;
    addUnsafe(findings, single ? undefined : unsafePath(name), name);
    if (files.has(name))
      findings.push(failure('RESOURCE_DUPLICATE', `${quoted(name)} is listed twice.`, name));
    files.set(name, wholeFile(digest));
  }
  return { files, findings };
}

function listFindings({ resources, serialization, rootDigest: signed }: Statement): OmsFinding[] {
  const findings: OmsFinding[] = [];
  if (resources.length === 0)
    findings.push(
      failure('RESOURCES_EMPTY', 'The statement lists no file; it says nothing about any model.'),
    );
  const computed = rootDigest(resources);
  if (signed !== undefined && signed !== computed)
    findings.push(
      failure(
        'ROOT_DIGEST_MISMATCH',
        `The resources hash to ${computed}, the statement says ${quoted(signed)}.`,
      ),
    );
  if (listedOrder(resources, serialization.method) === 'neither')
    findings.push(
      warning('RESOURCE_ORDER', 'The resources are sorted neither by code points nor by path components.'),
    );
  return findings;
}

function ignoreFindings({ ignorePaths }: Serialization): OmsFinding[] {
  return ignorePaths
    .filter((path) => !isUsableIgnore(path))
    .map((path) =>
      warning('IGNORE_PATH_UNSAFE', `The signed ignore path ${quoted(path)} is not applied.`, path),
    );
}

function addUnsafe(findings: OmsFinding[], why: string | undefined, name: string): void {
  if (why !== undefined)
    findings.push(failure('RESOURCE_PATH_UNSAFE', `The path ${quoted(name)} ${why}.`, name));
}

function readShards(
  resources: readonly Resource[],
  { shardSize = 0 }: Serialization,
  findings: OmsFinding[],
): Manifest {
  const byFile = new Map<string, Map<number, Shard>>();
  for (const resource of resources) {
    const shard = parseShard(resource);
    if (shard === undefined) {
      findings.push(
        failure('SHARD_LAYOUT', `${quoted(resource.name)} ends in no byte range.`, resource.name),
      );
      continue;
    }
    addUnsafe(findings, unsafePath(shard.file), shard.file);
    const shards = byFile.get(shard.file) ?? new Map<number, Shard>();
    if (shards.has(shard.start))
      findings.push(
        failure('RESOURCE_DUPLICATE', `${quoted(resource.name)} is listed twice.`, resource.name),
      );
    byFile.set(shard.file, shards.set(shard.start, shard));
  }
  const files = new Map<string, string>();
  for (const [file, shards] of byFile) {
    const sorted = [...shards.values()].sort((a, b) => a.start - b.start);
    if (!isWhole(sorted, shardSize))
      findings.push(failure('SHARD_LAYOUT', `The shards of ${quoted(file)} leave bytes unsigned.`, file));
    files.set(file, contentOf(sorted));
  }
  return { files, findings };
}

/** Consecutive from 0, each of the stated size; only the last may be shorter, and none is empty. */
function isWhole(shards: readonly Shard[], size: number): boolean {
  return shards.every(({ start, end }, i) => {
    const length = end - start;
    return start === i * size && length > 0 && (i < shards.length - 1 ? length === size : length <= size);
  });
}
