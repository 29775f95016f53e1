import { AssayError } from '../../core/errors.js';
import { invalidFile, quoted } from '../failure.js';
import type { IndexFault } from './faults.js';
import { MAX_SHARD_NAME_LENGTH } from './limits.js';

/** Separators of any system, the parent folder, drive letters and NTFS streams. */
const PATH = /\.\.|[/\\:]/;
/** NUL, control and invisible formatting characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}]/u;

/**
 * Refuse a shard that is not the plain name of a safetensors file: an index must not be a way out of the folder, nor a
 * way to a pickle.
 */
export function checkShardName(shard: string, file: string, at: number): void {
  if (PATH.test(shard)) {
    throw new AssayError('PATH_ESCAPES', `${file}: at byte ${at}, shard ${quoted(shard)} is a path`, {
      hint: 'An index may only name files beside it. Do not load this delivery.',
      fault: 'INDEX_SHARD_PATH' satisfies IndexFault,
      offset: at,
    });
  }
  const plain = shard.length <= MAX_SHARD_NAME_LENGTH && !UNPRINTABLE.test(shard);
  if (plain && shard.endsWith('.safetensors') && shard !== '.safetensors') return;
  const what = `shard ${quoted(shard)} is not the name of a safetensors file`;
  const hint = 'Download the index again; a safetensors index names safetensors files only.';
  throw invalidFile({ file, at, fault: 'INDEX_SHARD_NAME' satisfies IndexFault }, what, hint);
}
