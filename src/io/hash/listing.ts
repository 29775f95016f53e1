import { lstat } from 'node:fs/promises';
import { type Delivery, unreadable } from '../files.js';
import { mapFew } from '../map-few.js';
import { type FileState, stateOf } from './file-state.js';

/** A contained regular file as it was when the delivery was listed. */
export interface ListedFile {
  readonly path: string;
  readonly real: string;
  readonly state: FileState;
}

/** Resolve paths of a delivery and note each file's state. Throws PATH_ESCAPES or FILE_UNREADABLE. */
export function listFiles(delivery: Delivery, paths: readonly string[]): Promise<ListedFile[]> {
  return mapFew(paths, (path) => listFile(delivery, path));
}

async function listFile(delivery: Delivery, path: string): Promise<ListedFile> {
  const real = await delivery.locate(path);
  const stats = await lstat(real, { bigint: true }).catch((cause: NodeJS.ErrnoException) => {
    throw unreadable(path, cause);
  });
  if (!stats.isFile()) throw unreadable(path, { code: 'not a regular file' });
  return { path, real, state: stateOf(stats) };
}
