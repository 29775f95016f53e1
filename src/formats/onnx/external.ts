import { quoted } from '../failure.js';
import { BYTES, type Field } from './field.js';
import type { WireReader } from './reader.js';
import type { TensorStorage } from './types.js';

/**
 * Keys the runtime acts on; others (`prepacked_…`) do not say where the data is. `checksum` is optional and onnx's own
 * writer leaves it out; it is not compared, since a SHA-1 beside the data proves nothing against who wrote both.
 */
const KEYS = ['location', 'offset', 'length'];

/** TensorProto.external_data: one StringStringEntryProto. */
export async function readExternalEntry(
  reader: WireReader,
  field: Field,
  into: Map<string, string>,
): Promise<void> {
  reader.expect(field, BYTES);
  let key = '';
  let value = '';
  await reader.message(field, async (entry) => {
    if (entry.number === 1) key = await reader.text(entry);
    else if (entry.number === 2) value = await reader.text(entry);
  });
  if (!KEYS.includes(key)) return;
  if (into.has(key))
    throw reader.invalid('ONNX_EXTERNAL_KEY_TWICE', field.at, `external_data states ${quoted(key)} twice`);
  into.set(key, value);
}

export function externalStorage(
  reader: WireReader,
  at: number,
  entries: ReadonlyMap<string, string>,
): TensorStorage {
  const location = entries.get('location') ?? '';
  if (location === '')
    throw reader.invalid(
      'ONNX_EXTERNAL_PATH',
      at,
      'an external tensor has no location; expected a file name',
    );
  return {
    kind: 'external',
    at,
    location,
    offset: byteCount(reader, at, 'offset', entries.get('offset')) ?? 0,
    length: byteCount(reader, at, 'length', entries.get('length')),
  };
}

function byteCount(reader: WireReader, at: number, key: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw reader.invalid(
    'ONNX_EXTERNAL_NUMBER',
    at,
    `external_data ${key} is ${quoted(text)}; expected a whole number of bytes below 2^53`,
  );
}
