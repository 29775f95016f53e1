import { canonicalJson } from '../core/canonical-json.js';
import type { FileDigest, FilesCapability, FilesEvidence, ListedDigest } from '../core/types.js';
import { MAX_POINTER_BYTES, MIN_POINTER_BYTES, parseLfsPointer } from '../formats/lfs-pointer.js';
import { type Delivery, openBytes, sha256 } from '../io/files.js';
import { type DigestOptions, digestFiles } from '../io/hash/digest-files.js';
import { listFiles } from '../io/hash/listing.js';
import { mapFew } from '../io/map-few.js';
import { checkManifest } from './digest-checks.js';

export interface FilesOptions {
  /** False lists the files without reading them; their digests are null then. True by default. */
  readonly hash?: boolean;
  /**
   * Folder in which digests of files from 1 MB are kept, and found by later runs that meet the same, unchanged file;
   * evidence marks them `cached`. None by default: every file is read.
   */
  readonly cacheDir?: string;
  /** The publisher's list of files, as `parseChecksums` reads it. */
  readonly manifest?: readonly ListedDigest[];
}

/**
 * Digest every file of a delivery and the audited weights, wherever the model file says those are.
 * `weightPaths` names the files that hold them, relative to the delivery.
 */
export function filesCapability(
  delivery: Delivery,
  weightPaths: () => Promise<readonly string[]>,
  { hash = true, cacheDir, manifest }: FilesOptions = {},
): FilesCapability {
  return {
    digest: async (reading) => {
      const weights = await weightPaths();
      const unlisted = weights.filter((path) => !delivery.files.includes(path));
      const lost = await unreachable(delivery, unlisted);
      const paths = [...delivery.files, ...unlisted.filter((path) => !lost.includes(path))].sort();
      const read = hash
        ? await hashed(delivery, paths, { ...reading, cacheDir })
        : await listed(delivery, paths);
      const files = await withPointers(delivery, read);
      return {
        ...summary(files, weights, lost),
        ...(manifest ? { manifest: checkManifest(files, manifest, delivery.whole) } : {}),
      };
    },
  };
}

async function hashed(
  delivery: Delivery,
  paths: readonly string[],
  options: DigestOptions,
): Promise<FileDigest[]> {
  const digests = await digestFiles(delivery, paths, options);
  return digests.map(({ cached, ...file }) => (cached ? { ...file, cached } : file));
}

async function listed(delivery: Delivery, paths: readonly string[]): Promise<FileDigest[]> {
  const found = await listFiles(delivery, paths);
  return found.map(({ path, state }) => ({ path, bytes: Number(state.size), sha256: null }));
}

/** A pointer in place of weights is what a checkout without Git LFS leaves. */
function withPointers(delivery: Delivery, files: readonly FileDigest[]): Promise<FileDigest[]> {
  return mapFew(files, async (file) => {
    if (file.bytes < MIN_POINTER_BYTES || file.bytes > MAX_POINTER_BYTES) return file;
    const source = await openBytes(delivery, file.path);
    try {
      const pointer = parseLfsPointer(await source.read(0, file.bytes));
      return pointer === null ? file : { ...file, pointer };
    } finally {
      await source.close();
    }
  });
}

function summary(
  files: readonly FileDigest[],
  weights: readonly string[],
  lost: readonly string[],
): Omit<FilesEvidence, 'manifest'> {
  const held = files.filter(({ path }) => weights.includes(path));
  const read = files.every((file) => file.sha256 !== null);
  // What is known besides the bytes must not change the digest of the bytes.
  const lines = files.map(({ path, bytes, sha256: digest }) => ({ path, bytes, sha256: digest }));
  // Weights that could not be read must not leave a digest that a complete delivery may have.
  const identity = [...held.map((file) => file.sha256), ...lost.map((path) => `missing ${path}`)];
  return {
    files,
    digest: read ? sha256(canonicalJson(lines)) : null,
    weights: held.map(({ path }) => path),
    weightsDigest: read ? sha256(identity.sort().join('\n')) : null,
  };
}

/** Weight files that are absent or outside the folder; the runtime refuses to load a model that needs them. */
async function unreachable(delivery: Delivery, paths: readonly string[]): Promise<string[]> {
  const lost: string[] = [];
  for (const path of paths) {
    await delivery.locate(path).catch(() => lost.push(path));
  }
  return lost;
}
