import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { addBytes, type Board, stopped } from './board.js';
import { type FileState, sameContents, sameFile, stateOf } from './file-state.js';

/** A contained file, where it really is and as it was when it was listed. */
export interface HashJob {
  readonly real: string;
  readonly state: FileState;
}

/** `settled`: a later change of the file will show in its state, so the digest may be remembered by it. */
export type HashOutcome = { readonly sha256: string; readonly settled: boolean } | { readonly fault: string };

/** What one thread hashes with. */
export interface Lane {
  readonly board: Board;
  readonly buffers: readonly [Buffer, Buffer];
  /** Read the next block on another thread while this one hashes; costs a hand-over per block. */
  readonly readsAhead: () => boolean;
}

/** Larger blocks leave the second-level cache between reading and hashing; smaller ones cost calls. */
const BLOCK_BYTES = 2 ** 20;
/** File times tick in up to 2 s (FAT): a write within the tick of an earlier one leaves no trace. */
const TICK_NS = 2_000_000_000n;
/** Fault of a file that was replaced, or written, after it was listed. */
export const CHANGED = 'CHANGED';

const readAsync = promisify(read);

export function laneBuffers(): readonly [Buffer, Buffer] {
  return [Buffer.allocUnsafeSlow(BLOCK_BYTES), Buffer.allocUnsafeSlow(BLOCK_BYTES)];
}

/**
 * SHA-256 of the very file that was listed: what is opened must have its device and inode, so that neither a link
 * nor a FIFO put in its place is read. Null when the board says stop.
 */
export async function hashFile({ real, state }: HashJob, lane: Lane): Promise<HashOutcome | null> {
  try {
    // Without O_NONBLOCK a FIFO put here since the listing would block for ever.
    const fd = openSync(real, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const opened = stateOf(fstatSync(fd, { bigint: true }));
      if (!sameFile(opened, state) || !sameContents(opened, state)) return { fault: CHANGED };
      const sha256 = await hashOpened(fd, Number(state.size), lane);
      return sha256 === null ? null : verified(sha256, state, stateOf(fstatSync(fd, { bigint: true })));
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    return { fault: (error as NodeJS.ErrnoException).code ?? String(error) };
  }
}

function verified(sha256: string, before: FileState, after: FileState): HashOutcome {
  if (sha256 === '' || !sameContents(before, after)) return { fault: CHANGED };
  const changed = after.ctimeNs > after.mtimeNs ? after.ctimeNs : after.mtimeNs;
  const age = BigInt(Date.now()) * 1_000_000n - changed;
  return { sha256, settled: before.ctimeNs === after.ctimeNs && age > TICK_NS };
}

/** Empty when the file ends early; null when stopped. */
async function hashOpened(fd: number, size: number, { board, buffers, readsAhead }: Lane) {
  const hash = createHash('sha256');
  // No byte past the listed size: what grows meanwhile is refused, however long it gets.
  const wanted = (at: number): number => Math.min(BLOCK_BYTES, size - at);
  const fetch = (buffer: Buffer, at: number): Promise<{ bytesRead: number }> | undefined =>
    readsAhead() && at < size ? readAsync(fd, buffer, 0, wanted(at), at) : undefined;
  let [current, spare] = buffers;
  let done = 0;
  let coming = fetch(current, 0);
  try {
    while (done < size) {
      const count = coming ? (await coming).bytesRead : readSync(fd, current, 0, wanted(done), done);
      coming = undefined;
      if (stopped(board)) return null;
      if (count === 0) return '';
      done += count;
      coming = fetch(spare, done);
      hash.update(current.subarray(0, count));
      addBytes(board, count);
      [current, spare] = [spare, current];
    }
    return hash.digest('hex');
  } finally {
    // The descriptor and the buffer stay in use until the block read ahead is there.
    await coming?.catch(() => undefined);
  }
}
