import { AssayError } from '../../core/errors.js';
import { type Delivery, unreadable } from '../files.js';
import { type DigestCache, openDigestCache } from './cache.js';
import { CHANGED, type HashOutcome } from './hash-file.js';
import { hashFiles } from './lanes.js';
import { type ListedFile, listFiles } from './listing.js';

/** Digest of one listed file; `cached` when it was hashed by an earlier run and has not changed since. */
export interface HashedFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly cached: boolean;
}

export interface DigestOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: ((done: number, total: number) => void) | undefined;
  readonly warn?: ((message: string) => void) | undefined;
  /** Folder in which digests are kept between runs; none by default. */
  readonly cacheDir?: string | undefined;
}

/** An interrupted run loses the files it was at and those of the last second. */
const SAVE_EVERY_MS = 1000;

/**
 * SHA-256 of files of a delivery, in the order given. A file that several paths lead to is hashed once. Throws
 * PATH_ESCAPES, FILE_UNREADABLE also for a file that changes meanwhile, or the signal's reason.
 */
export async function digestFiles(
  delivery: Delivery,
  paths: readonly string[],
  { signal, onBytes, warn = () => undefined, cacheDir }: DigestOptions = {},
): Promise<HashedFile[]> {
  const listed = await listFiles(delivery, paths);
  const cache = cacheDir === undefined ? null : await openDigestCache(cacheDir, delivery.home, warn);
  const places = new Map(listed.map((file) => [file.real, file]));
  const total = bytesOf(places.values());
  const known = new Map<string, string>();
  for (const [real, file] of places) {
    const digest = cache?.get(file);
    if (digest !== undefined) known.set(real, digest);
  }
  const wanted = [...places.values()].filter(({ real }) => !known.has(real));
  const start = total - bytesOf(wanted);
  const hashed = await hashWanted(wanted, cache, {
    signal,
    onBytes: (done) => onBytes?.(Math.min(start + done, total), total),
  });
  return listed.map(({ path, real, state }) => {
    const sha256 = known.get(real) ?? (hashed.get(real) as string);
    return { path, bytes: Number(state.size), sha256, cached: known.has(real) };
  });
}

function bytesOf(files: Iterable<ListedFile>): number {
  return [...files].reduce((sum, { state }) => sum + Number(state.size), 0);
}

async function hashWanted(
  wanted: readonly ListedFile[],
  cache: DigestCache | null,
  options: { readonly signal: AbortSignal | undefined; readonly onBytes: (done: number) => void },
): Promise<Map<string, string>> {
  const hashed = new Map<string, string>();
  const faults = new Map<string, string>();
  let saved = performance.now();
  let saving = Promise.resolve();
  const onOutcome = (file: ListedFile, outcome: HashOutcome): void => {
    if ('fault' in outcome) {
      faults.set(file.path, outcome.fault);
      return;
    }
    hashed.set(file.real, outcome.sha256);
    if (outcome.settled) cache?.put(file, outcome.sha256);
    if (cache && performance.now() - saved > SAVE_EVERY_MS) {
      saved = performance.now();
      saving = saving.then(() => cache.save());
    }
  };
  try {
    await hashFiles(wanted, { ...options, onOutcome });
  } finally {
    await saving;
    await cache?.save();
  }
  for (const [path, fault] of [...faults].sort()) throw failure(path, fault);
  return hashed;
}

function failure(path: string, fault: string): AssayError {
  if (fault !== CHANGED) return unreadable(path, { code: fault });
  return new AssayError('FILE_UNREADABLE', `"${path}" changed while the delivery was read.`, {
    hint: 'Wait until nothing writes to the folder any more, such as a download, and start again.',
  });
}
