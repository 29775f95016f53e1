import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, opendir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { ByteSource } from '../core/bytes.js';
import { AssayError, isAssayError } from '../core/errors.js';

/** A delivery of 10,000 files or folders is a dataset or an attack, not a model. */
const MAX_ENTRIES = 10_000;
/** onnx/, coreml/x.mlpackage/Data/… : real folders stay under six levels. */
const MAX_DEPTH = 8;
const SKIPPED_FOLDERS = new Set(['.git', 'node_modules', '.cache']);

/** A candidate's folder and the only places its files may really live. */
export interface Delivery {
  readonly root: string;
  /** Folder that no file may leave: the root, or the hub cache of the model that the root is a snapshot of. */
  readonly home: string;
  /** False for one file of a folder whose other files are not part of the delivery. */
  readonly whole: boolean;
  /** Relative POSIX paths of regular files, sorted. */
  readonly files: readonly string[];
  /** Absolute, contained path of one file. Throws PATH_ESCAPES or FILE_UNREADABLE. */
  locate(path: string): Promise<string>;
  /** How files that are not on this machine are read; absent for local ones. */
  readonly open?: (path: string) => Promise<OpenedBytes>;
}

/** Random access to one file; close it when done. */
export type OpenedBytes = ByteSource & { close(): Promise<void> };

/** List a folder, or the folder of a single file restricted to that file. Throws CANDIDATE_NOT_FOUND, FORMAT_LIMIT. */
export async function openDelivery(path: string): Promise<Delivery> {
  const info = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new AssayError(
      'CANDIDATE_NOT_FOUND',
      `No folder or file at "${path}" (${cause.code ?? cause.message}).`,
      {
        hint: 'Give a model folder, an .onnx, .gguf or .safetensors file, or an http(s)://…/v1 address.',
        cause,
      },
    );
  });
  const root = await realpath(info.isDirectory() ? path : dirname(path));
  const home = cacheRoot(root) ?? root;
  const whole = info.isDirectory();
  const files = whole ? await walk(root) : [basename(path)];
  return { root, home, whole, files: files.sort(), locate: (file) => contained(root, home, file) };
}

/** Hub caches keep snapshots/<revision>/file as links into blobs/ of the same models--* folder. */
export function cacheRoot(root: string): string | undefined {
  const parts = root.split(sep);
  const at = parts.lastIndexOf('snapshots');
  return at > 0 && parts[at - 1]?.startsWith('models--') ? parts.slice(0, at).join(sep) : undefined;
}

async function walk(root: string): Promise<string[]> {
  const found: string[] = [];
  const folders = [''];
  let entries = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const place = folder === '' ? '.' : folder;
    try {
      for await (const entry of await opendir(join(root, folder))) {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (++entries > MAX_ENTRIES) throw tooLarge(`more than ${MAX_ENTRIES} files and folders`);
        if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) folders.push(path);
        else if (entry.isFile() || entry.isSymbolicLink()) found.push(path);
      }
    } catch (cause) {
      throw isAssayError(cause) ? cause : unreadable(place, cause as NodeJS.ErrnoException);
    }
    if (folders.some((path) => path.split('/').length > MAX_DEPTH))
      throw tooLarge(`folders more than ${MAX_DEPTH} levels deep`);
  }
  return found;
}

function tooLarge(what: string): AssayError {
  return new AssayError('FORMAT_LIMIT', `The candidate's folder holds ${what}.`, {
    hint: 'Point at the folder of one model.',
  });
}

export async function contained(root: string, allowed: string, file: string): Promise<string> {
  const joined = resolve(root, file);
  const real = await realpath(joined).catch((cause: NodeJS.ErrnoException) => {
    throw unreadable(file, cause);
  });
  const inside = relative(allowed, real);
  if (inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    throw new AssayError('PATH_ESCAPES', `"${file}" leads outside the candidate's folder.`, {
      hint: 'A delivery must contain its own files; ask for a folder without links or paths that leave it.',
    });
  }
  // A FIFO or device would block or feed endless bytes.
  if (!(await lstat(real)).isFile()) throw unreadable(file, { code: 'not a regular file' });
  return real;
}

/** FILE_UNREADABLE with the system's code, or what else stood in the way. */
export function unreadable(file: string, cause: { code?: string | undefined }): AssayError {
  return new AssayError('FILE_UNREADABLE', `"${file}" cannot be read (${cause.code ?? 'unknown error'}).`, {
    hint: 'Check that the file exists, is a regular file and may be read by this user.',
    cause,
  });
}

/** One file of a delivery, for the strict readers. */
export async function openBytes(delivery: Delivery, path: string): Promise<OpenedBytes> {
  if (delivery.open) return delivery.open(path);
  const handle = await openFile(delivery, path);
  const { size } = await handle.stat();
  return {
    size,
    name: path,
    read: async (offset, length) => {
      const buffer = new Uint8Array(length);
      const { bytesRead } = await handle
        .read(buffer, 0, length, offset)
        .catch((cause: NodeJS.ErrnoException) => {
          throw unreadable(path, cause);
        });
      return bytesRead === length ? buffer : buffer.subarray(0, bytesRead);
    },
    close: () => handle.close(),
  };
}

async function openFile(delivery: Delivery, path: string): Promise<FileHandle> {
  const real = await delivery.locate(path);
  try {
    const located = await lstat(real);
    // Without O_NONBLOCK a FIFO put here since `locate` would block for ever.
    const handle = await open(real, constants.O_RDONLY | constants.O_NONBLOCK);
    const { ino, dev } = await handle.stat();
    if (located.isFile() && ino === located.ino && dev === located.dev) return handle;
    await handle.close();
  } catch (cause) {
    throw unreadable(path, cause as NodeJS.ErrnoException);
  }
  throw unreadable(path, { code: 'replaced while it was opened' });
}

/** Whole small text file, or null when it does not exist. Throws FORMAT_LIMIT above `maxBytes`. */
export async function readSmallText(
  delivery: Delivery,
  path: string,
  maxBytes: number,
): Promise<string | null> {
  if (!delivery.files.includes(path)) return null;
  const source = await openBytes(delivery, path);
  try {
    const { size } = source;
    if (size > maxBytes) {
      throw new AssayError('FORMAT_LIMIT', `"${path}" has ${size} bytes; at most ${maxBytes} are expected.`, {
        hint: 'Check the file against the publisher’s; it may be a renamed weight file.',
      });
    }
    return Buffer.from(await source.read(0, size)).toString('utf8');
  } finally {
    await source.close();
  }
}

/** Size in bytes. */
export async function sizeOf(delivery: Delivery, path: string): Promise<number> {
  return (await stat(await delivery.locate(path))).size;
}

/** SHA-256 of a text, lower-case hex. */
export function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}
