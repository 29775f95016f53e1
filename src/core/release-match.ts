import type { FileDigest } from './files.js';
import type { Confidence, PublishedFile } from './reference.js';

/** How a delivery compares with one published set of weight files. Names are those of the publication. */
export interface ReleaseMatch {
  readonly source: string;
  /** Of the least attested file. */
  readonly confidence: Confidence;
  readonly files: number;
  /** Hashed here and equal, under whatever name. */
  readonly equal: readonly string[];
  /** Delivered under the same name with other bytes or another size. */
  readonly different: readonly string[];
  /** A Git-LFS pointer states the digest; no byte was seen. */
  readonly claimed: readonly string[];
  /** Same name and size, not hashed. */
  readonly sized: readonly string[];
  readonly absent: readonly string[];
  /** Delivered weight files that are not in the set. */
  readonly unlisted: number;
}

const SHARD = /^(.{0,200})-\d{5,6}-of-(\d{5,6})\.[a-z]{1,12}$/;
const SMALL = /\.(json|jinja|txt|md|py|model)$/;
const RANK: readonly Confidence[] = ['high', 'medium', 'low'];

export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Configuration and index files of a release: anyone can copy them. */
export function smallFiles(book: readonly PublishedFile[]): PublishedFile[] {
  return book.filter(({ name }) => SMALL.test(name));
}

/**
 * Compare the weight files of a delivery with every set of a digest book. Shards of one source and stem are one set;
 * any other file is one by itself.
 */
export function matchReleases(
  delivered: readonly FileDigest[],
  weights: readonly string[],
  book: readonly PublishedFile[],
): ReleaseMatch[] {
  return setsOf(book).map((set) => matchSet(delivered, weights, set));
}

function setsOf(book: readonly PublishedFile[]): PublishedFile[][] {
  const sets = new Map<string, PublishedFile[]>();
  for (const file of book) {
    if (SMALL.test(file.name)) continue;
    const [, stem, count] = SHARD.exec(file.name) ?? [];
    const key = JSON.stringify([file.source, stem ?? file.name, count]);
    sets.set(key, [...(sets.get(key) ?? []), file]);
  }
  return [...sets.values()];
}

type Fate = 'equal' | 'different' | 'claimed' | 'sized' | 'absent';

function matchSet(
  delivered: readonly FileDigest[],
  weights: readonly string[],
  set: readonly PublishedFile[],
): ReleaseMatch {
  const digests = new Set(delivered.map(({ sha256 }) => sha256));
  const stated = new Set(delivered.map(({ pointer }) => pointer?.sha256));
  const names = new Map(delivered.map((file) => [baseName(file.path), file]));
  const fates: Record<Fate, string[]> = { equal: [], different: [], claimed: [], sized: [], absent: [] };
  for (const file of set) {
    const fate = digests.has(file.sha256)
      ? 'equal'
      : stated.has(file.sha256)
        ? 'claimed'
        : fateByName(file, names.get(file.name));
    fates[fate].push(file.name);
  }
  const published = new Set(set.map(({ sha256 }) => sha256));
  const listed = new Set(set.map(({ name }) => name));
  const unlisted = delivered.filter(
    ({ path, sha256 }) =>
      weights.includes(path) && !published.has(sha256 ?? '') && !listed.has(baseName(path)),
  );
  return {
    source: set[0]?.source ?? '',
    confidence: RANK[Math.max(...set.map(({ confidence }) => RANK.indexOf(confidence)))] ?? 'low',
    files: set.length,
    ...fates,
    unlisted: unlisted.length,
  };
}

function fateByName({ bytes }: PublishedFile, found: FileDigest | undefined): Fate {
  // A pointer to something else says nothing of this release.
  if (!found || found.pointer) return 'absent';
  const sameSize = bytes === undefined || bytes === found.bytes;
  if (found.sha256 !== null || !sameSize) return 'different';
  return bytes === undefined ? 'absent' : 'sized';
}
