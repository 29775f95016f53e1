import type { ByteSource } from '../../core/bytes.js';
import { quoted } from '../failure.js';
import { GgufCursor } from './cursor.js';
import { MAX_TEXT_BYTES } from './limits.js';
import { valueText } from './text.js';
import type { GgufFile } from './types.js';

/**
 * The strings of one key in order, read from the file as they are asked for: vocabularies and merges are too long to
 * keep. Bytes that are not UTF-8 become replacement characters. Throws FORMAT_INVALID when the key holds no strings,
 * FORMAT_LIMIT above 1 MiB in one string, and what `readGguf` throws when the file has changed since.
 */
export async function* readGgufStrings(
  source: ByteSource,
  file: GgufFile,
  key: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<string, void, undefined> {
  const extent = file.extents.get(key);
  const cursor = new GgufCursor(source, { ...options, at: extent?.offset ?? 0 });
  if (extent?.type !== 'string')
    throw cursor.invalid('GGUF_VALUE_TYPE', cursor.position, `${quoted(key)} is no list of strings`);
  for (let i = 0; i < extent.count; i++) {
    const fault = 'GGUF_STRING_LENGTH';
    const length = await cursor.count({ fault, what: 'bytes of a string', limit: MAX_TEXT_BYTES, unit: 1 });
    yield valueText(await cursor.take(length)).text;
  }
}
