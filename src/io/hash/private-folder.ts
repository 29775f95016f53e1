import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';

/** Files kept; the least recently used go first. */
const MAX_FILES = 256;
const MAX_TOTAL_BYTES = 64 * 2 ** 20;
/** Above any file written here: 20,000 entries of 400 bytes. */
const MAX_FILE_BYTES = 16 * 2 ** 20;
const OTHERS = 0o077;

/** Make sure that nobody but this user can write here; otherwise say why not. */
export async function privateFolder(folder: string): Promise<string | null> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const info = await lstat(folder);
    if (!info.isDirectory()) return 'it is not a folder';
    return strangersMayWrite(info) ? 'it does not belong to this user alone' : null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

/** Windows keeps rights elsewhere; a user's own folders are private there. */
function strangersMayWrite({ uid, mode }: { readonly uid: number; readonly mode: number }): boolean {
  return process.getuid !== undefined && (uid !== process.getuid() || (mode & OTHERS) !== 0);
}

/** Text of a file that this user wrote here, or null. */
export async function readPrivate(folder: string, name: string): Promise<string | null> {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const handle = await open(join(folder, name), flags).catch(() => null);
  if (handle === null) return null;
  try {
    const info = await handle.stat();
    const trusted = info.isFile() && info.nlink === 1 && !strangersMayWrite(info);
    return trusted && info.size <= MAX_FILE_BYTES ? await handle.readFile('utf8') : null;
  } catch {
    return null;
  } finally {
    await handle.close();
  }
}

/** Replace a file as a whole, so that a reader sees the old text or the new one, and make room for it. */
export async function writePrivate(folder: string, name: string, text: string): Promise<void> {
  const temporary = join(folder, `${name}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
    await rename(temporary, join(folder, name));
  } finally {
    await rm(temporary, { force: true });
  }
  await makeRoom(folder);
}

/** Note that a file was of use. */
export async function touchPrivate(folder: string, name: string): Promise<void> {
  const now = new Date();
  await utimes(join(folder, name), now, now).catch(() => undefined);
}

async function makeRoom(folder: string): Promise<void> {
  const found: { path: string; bytes: number; used: number }[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const info = await stat(path).catch(() => null);
    if (info?.isFile()) found.push({ path, bytes: info.size, used: info.mtimeMs });
  }
  found.sort((a, b) => b.used - a.used);
  let total = 0;
  for (const [index, { path, bytes }] of found.entries()) {
    total += bytes;
    if (index >= MAX_FILES || total > MAX_TOTAL_BYTES) await rm(path, { force: true });
  }
}
