import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, open, opendir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import type { ByteSource } from '../core/bytes.js';
import { AssayError, isAssayError } from '../core/errors.js';
import { cacheRoot, contained, type Delivery, unreadable } from './files.js';

/** Data sets may be signed too, and hold more files than a model; beyond this it is an attack. */
const MAX_ENTRIES = 200_000;
const MAX_DEPTH = 32;
/** One read of a piece of a file. */
const READ_BYTES = 4 * 2 ** 20;

/**
 * Everything below a folder that is to be signed or held against a signature; nothing is passed over unseen. A model
 * that is one file is not `whole`, and `files` holds its name.
 */
export interface ModelTree extends Delivery {
  /** Name of the folder or single file. */
  readonly name: string;
  /** Symbolic links, whatever they lead to. */
  readonly links: readonly string[];
  /** Sockets, pipes and devices. */
  readonly special: readonly string[];
  /** Names that are no text: their bytes are not UTF-8. */
  readonly unnameable: readonly string[];
  /** Present and ignored; folders are not looked into. */
  readonly ignored: readonly string[];
  /** Path of the signature file when it lies in the folder; it is in no other list. */
  readonly signature: string | undefined;
}

type Kind = 'files' | 'links' | 'special' | 'unnameable' | 'ignored';
type LeftOut = (path: string) => 'ignored' | 'signature' | undefined;

/**
 * List a folder completely, ignored paths and the signature file apart. Links are listed, never followed.
 * Throws CANDIDATE_NOT_FOUND, FILE_UNREADABLE and FORMAT_LIMIT.
 */
export async function openModelTree(
  path: string,
  {
    isIgnored,
    signature: place,
  }: { readonly isIgnored: (path: string) => boolean; readonly signature?: string | undefined },
): Promise<ModelTree> {
  const info = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new AssayError('CANDIDATE_NOT_FOUND', `No folder or file at "${path}" (${cause.code}).`, {
      hint: 'Give the folder of a model.',
      cause,
    });
  });
  const whole = info.isDirectory();
  const real = await realpath(path);
  const root = whole ? real : dirname(real);
  const home = cacheRoot(root) ?? root;
  const found: Record<Kind, string[]> = { files: [], links: [], special: [], unnameable: [], ignored: [] };
  const signature = place === undefined ? undefined : await insideOf(root, place);
  const leftOut: LeftOut = (name) => {
    if (name === signature) return 'signature';
    return isIgnored(name) ? 'ignored' : undefined;
  };
  if (whole) await walk(root, leftOut, found);
  else found.files.push(basename(real));
  for (const list of Object.values(found)) list.sort();
  return {
    ...found,
    root,
    home,
    whole,
    name: basename(real),
    signature,
    locate: (file) => contained(root, home, file),
  };
}

async function insideOf(root: string, file: string): Promise<string | undefined> {
  const folder = await realpath(dirname(file)).catch(() => undefined);
  if (folder === undefined) return undefined;
  const path = relative(root, join(folder, basename(file)));
  return path === '' || path === '..' || path.startsWith(`..${sep}`) ? undefined : path.replaceAll(sep, '/');
}

async function walk(root: string, leftOut: LeftOut, found: Readonly<Record<Kind, string[]>>): Promise<void> {
  const folders = [''];
  const doubtful = new Set<string>();
  let entries = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    try {
      for await (const entry of await opendir(join(root, folder))) {
        if (++entries > MAX_ENTRIES) throw tooLarge(`more than ${MAX_ENTRIES} files and folders`);
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        const left = leftOut(path);
        if (left !== undefined) {
          if (left === 'ignored') found.ignored.push(path);
        } else if (!(await isNameable(root, path, doubtful))) found.unnameable.push(path);
        else if (entry.isDirectory()) folders.push(path);
        else if (entry.isFile()) found.files.push(path);
        else found[entry.isSymbolicLink() ? 'links' : 'special'].push(path);
        if (folder.split('/').length > MAX_DEPTH)
          throw tooLarge(`folders more than ${MAX_DEPTH} levels deep`);
      }
    } catch (cause) {
      throw isAssayError(cause) ? cause : unreadable(folder || '.', cause as NodeJS.ErrnoException);
    }
  }
}

/** Bytes that are no UTF-8 become U+FFFD: nothing is found under that name, or another file for a second time. */
async function isNameable(root: string, path: string, doubtful: Set<string>): Promise<boolean> {
  if (!path.includes('\u{fffd}')) return true;
  if (doubtful.has(path)) return false;
  doubtful.add(path);
  return lstat(join(root, path)).then(
    () => true,
    () => false,
  );
}

function tooLarge(what: string): AssayError {
  return new AssayError('FORMAT_LIMIT', `The folder holds ${what}.`, {
    hint: 'Point at the folder of one model.',
  });
}

/** Digest of the bytes from `start` to `end` (exclusive) of a file, lower-case hex. */
export async function hashRange(
  source: ByteSource,
  algorithm: 'sha256' | 'blake2b512',
  {
    start,
    end,
    signal,
  }: { readonly start: number; readonly end: number; readonly signal?: AbortSignal | undefined },
): Promise<string> {
  const hash = createHash(algorithm);
  for (let at = start; at < end; ) {
    signal?.throwIfAborted();
    const bytes = await source.read(at, Math.min(READ_BYTES, end - at));
    if (bytes.length === 0) throw unreadable(source.name, { code: 'shorter than when it was opened' });
    hash.update(bytes);
    at += bytes.length;
  }
  return hash.digest('hex');
}

/** A small file at a path the user gave. Throws USAGE when it cannot be read, FORMAT_LIMIT above `maxBytes`. */
export async function readUserFile(path: string, maxBytes: number): Promise<Uint8Array> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const info = await handle.stat();
      if (!info.isFile()) throw Object.assign(new Error(), { code: 'not a regular file' });
      if (info.size > maxBytes) throw oversized(path, info.size, maxBytes);
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (isAssayError(cause)) throw cause;
    throw new AssayError('USAGE', `Cannot read "${path}" (${(cause as NodeJS.ErrnoException).code}).`, {
      hint: 'Give the path of an existing file.',
      cause,
    });
  }
}

function oversized(path: string, size: number, limit: number): AssayError {
  return new AssayError('FORMAT_LIMIT', `"${path}" has ${size} bytes; at most ${limit} are expected.`, {
    hint: 'Give the signature file, not a file of the model.',
  });
}
