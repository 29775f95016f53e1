import { readFileSync, writeFileSync } from 'node:fs';
import { AssayError } from '../core/errors.js';

/** Read a text file, or standard input for `-`. Throws USAGE. */
export function readText(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (cause) {
    throw new AssayError('USAGE', `Cannot read "${path}" (${(cause as NodeJS.ErrnoException).code}).`, {
      hint: 'Give the path of an existing file, or - for standard input.',
      cause,
    });
  }
}

/** Write a file, or standard output for `-`. Throws WRITE_FAILED, on a full disk too. */
export function writeText(path: string, text: string): void {
  if (path === '-') {
    process.stdout.write(text);
    return;
  }
  try {
    writeFileSync(path, text);
  } catch (cause) {
    throw new AssayError(
      'WRITE_FAILED',
      `Cannot write "${path}" (${(cause as NodeJS.ErrnoException).code}).`,
      {
        hint: 'Check the folder, its permissions and the free space; nothing was sent elsewhere.',
        cause,
      },
    );
  }
}
