import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { AssayError } from '../core/errors.js';
import { unreadable } from './files.js';

/** Bytes of one read: larger ones gain nothing on local disks. */
const CHUNK_BYTES = 2 ** 20;
const NEWLINE = 0x0a;

/** A line of a text file, from 1; null where it has more bytes than allowed. */
export interface TextLine {
  readonly number: number;
  readonly text: string | null;
}

/** Lines of a regular file, one at a time, in the memory of the longest allowed. Throws CANDIDATE_NOT_FOUND, FILE_UNREADABLE. */
export async function* textLines(path: string, maxBytes: number): AsyncGenerator<TextLine> {
  const handle = await openText(path);
  try {
    let held: Buffer[] = [];
    let bytes = 0;
    let number = 1;
    const line = (): TextLine => {
      const text = bytes > maxBytes ? null : Buffer.concat(held, bytes).toString('utf8');
      held = [];
      bytes = 0;
      return { number: number++, text };
    };
    const take = (part: Buffer): void => {
      bytes += part.length;
      if (bytes <= maxBytes) held.push(part);
      else held = [];
    };
    for (;;) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES);
      if (bytesRead === 0) break;
      let from = 0;
      for (
        let end = buffer.indexOf(NEWLINE);
        end >= 0 && end < bytesRead;
        end = buffer.indexOf(NEWLINE, from)
      ) {
        take(buffer.subarray(from, end));
        yield line();
        from = end + 1;
      }
      take(buffer.subarray(from, bytesRead));
    }
    if (bytes > 0) yield line();
  } finally {
    await handle.close();
  }
}

/** Whole text of a regular file, or null above `maxBytes`. Throws as `textLines` does. */
export async function wholeText(path: string, maxBytes: number): Promise<string | null> {
  const handle = await openText(path);
  try {
    const { size } = await handle.stat();
    return size > maxBytes ? null : await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

async function openText(path: string): Promise<FileHandle> {
  // Without O_NONBLOCK a FIFO would block for ever.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(
    (cause: NodeJS.ErrnoException) => {
      throw cause.code === 'ENOENT' ? notFound(path, cause) : unreadable(path, cause);
    },
  );
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw unreadable(path, { code: 'not a regular file' });
}

function notFound(path: string, cause: unknown): AssayError {
  return new AssayError('CANDIDATE_NOT_FOUND', `No file at "${path}".`, {
    hint: 'Give the log as a file of one JSON object a line.',
    cause,
  });
}
