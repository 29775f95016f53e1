import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ListedFile } from './listing.js';
import { privateFolder, readPrivate, touchPrivate, writePrivate } from './private-folder.js';

/**
 * Digests of files that have not changed since they were hashed, kept between runs. What a file's state does not show
 * is not seen: writes beneath the file system, and file systems that invent inodes and times, as mounted images do.
 */
export interface DigestCache {
  get(file: ListedFile): string | undefined;
  put(file: ListedFile, sha256: string): void;
  /** Write what is new. Losing it costs time, so nothing is thrown. */
  save(): Promise<void>;
}

/** Two deliveries of the largest size; hub caches keep several revisions under one home. */
const MAX_ENTRIES = 20_000;
/** A smaller file is hashed in the time that remembering it takes. */
const MIN_BYTES = 2n ** 20n;
const SCHEMA = 'digests/1';

/** Where it really is, its state, and its SHA-256. */
type Entry = readonly [real: string, state: string, sha256: string];

/**
 * The cache of one home of files, in `folder`. A folder that others could write is not used, and `warn` says so;
 * a file that is damaged, or that somebody else wrote, is taken for absent.
 */
export async function openDigestCache(
  folder: string,
  home: string,
  warn: (message: string) => void,
): Promise<DigestCache | null> {
  const place = join(folder, 'digests');
  const refusal = await privateFolder(place);
  if (refusal !== null) {
    warn(`The cache of digests was not used: ${refusal}. Every file was hashed.`);
    return null;
  }
  const name = `${sha256(home)}.json`;
  const known = new Map(parsed(await readPrivate(place, name)).map((entry) => [entry[0], entry]));
  return digestCache(known, async (entries, fresh) => {
    if (fresh) await writePrivate(place, name, serialized(entries));
    else await touchPrivate(place, name);
  });
}

function digestCache(
  known: Map<string, Entry>,
  write: (entries: readonly Entry[], fresh: boolean) => Promise<void>,
): DigestCache {
  let change: 'none' | 'used' | 'fresh' = 'none';
  const set = (entry: Entry): void => {
    // A Map keeps the order of insertion: what was used last goes last.
    known.delete(entry[0]);
    known.set(entry[0], entry);
  };
  return {
    get: (file) => {
      const entry = known.get(file.real);
      if (entry?.[1] !== stateKey(file)) return undefined;
      set(entry);
      if (change === 'none') change = 'used';
      return entry[2];
    },
    put: (file, digest) => {
      if (file.state.size < MIN_BYTES) return;
      set([file.real, stateKey(file), digest]);
      change = 'fresh';
    },
    save: async () => {
      const last = change;
      change = 'none';
      if (last !== 'none')
        await write([...known.values()].slice(-MAX_ENTRIES), last === 'fresh').catch(() => undefined);
    },
  };
}

function stateKey({ state: { dev, ino, size, mtimeNs, ctimeNs } }: ListedFile): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
}

/** The first line holds the schema and the SHA-256 of the rest, against damage; rights protect against people. */
function serialized(entries: readonly Entry[]): string {
  const body = JSON.stringify(entries);
  return `${SCHEMA} ${sha256(body)}\n${body}`;
}

function parsed(text: string | null): Entry[] {
  if (text === null) return [];
  const end = text.indexOf('\n');
  const body = text.slice(end + 1);
  if (text.slice(0, end) !== `${SCHEMA} ${sha256(body)}`) return [];
  const entries = JSON.parse(body) as unknown;
  return Array.isArray(entries) ? entries.filter(isEntry) : [];
}

function isEntry(value: unknown): value is Entry {
  return Array.isArray(value) && value.length === 3 && value.every((part) => typeof part === 'string');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
