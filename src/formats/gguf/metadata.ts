import type { MetadataValue } from '../../core/types.js';
import { quoted } from '../failure.js';
import type { GgufCursor } from './cursor.js';
import {
  ELEMENT_COST,
  ENTRY_COST,
  MAX_FINDINGS,
  MAX_KEPT_BYTES,
  MAX_KEPT_ELEMENTS,
  MAX_LENGTH,
  MAX_STRINGS,
  MAX_TEXT_BYTES,
} from './limits.js';
import { readName, valueText } from './text.js';
import type { GgufExtent, GgufFinding } from './types.js';
import { ARRAY, exact, SCALARS, type ScalarType, STRING } from './value-types.js';

/** The key-value pairs while they are read. */
export interface Pairs {
  readonly values: Map<string, MetadataValue>;
  readonly extents: Map<string, GgufExtent>;
  /** The type each key states, and the byte at which its value starts. */
  readonly places: Map<string, { readonly type: number; readonly at: number }>;
  readonly findings: GgufFinding[];
  /** Strings in arrays so far. */
  strings: number;
}

const KEY = {
  what: 'key',
  length: 'GGUF_KEY_LENGTH',
  text: 'GGUF_KEY_TEXT',
} as const;

export async function readMetadata(cursor: GgufCursor, count: number): Promise<Pairs> {
  const pairs: Pairs = {
    values: new Map(),
    extents: new Map(),
    places: new Map(),
    findings: [],
    strings: 0,
  };
  for (let i = 0; i < count; i++) await readPair(cursor, pairs);
  return pairs;
}

export function addFinding(pairs: Pairs, finding: GgufFinding): void {
  if (pairs.findings.length < MAX_FINDINGS) pairs.findings.push(finding);
}

async function readPair(cursor: GgufCursor, pairs: Pairs): Promise<void> {
  const at = cursor.position;
  const key = await readName(cursor, KEY);
  if (key === '') throw cursor.invalid('GGUF_KEY_LENGTH', at, 'a key is empty');
  if (pairs.places.has(key))
    throw cursor.invalid('GGUF_KEY_DUPLICATE', at, `there are two keys ${quoted(key)}`);
  cursor.charge(ENTRY_COST, at);
  const typeAt = cursor.position;
  const type = await cursor.u32();
  pairs.places.set(key, { type, at: cursor.position });
  if (type === ARRAY) return readArray(cursor, key, pairs);
  if (type === STRING) return readText(cursor, key, pairs);
  const scalar = SCALARS.get(type);
  if (scalar === undefined) throw unknownType(cursor, typeAt, key, type);
  pairs.values.set(key, await readScalar(cursor, scalar));
}

async function readScalar(cursor: GgufCursor, type: ScalarType): Promise<number | string | boolean> {
  const at = cursor.position;
  const value = exact(type.read(await cursor.take(type.bytes), 0));
  return type.name === 'bool' ? checkedBool(cursor, at, value) : value;
}

/** Anything but 0 is true to C++, and 2 is equal to neither true nor false in others. */
function checkedBool(cursor: GgufCursor, at: number, value: number | string): boolean {
  if (value === 0 || value === 1) return value === 1;
  throw cursor.invalid('GGUF_BOOL', at, `a truth value is ${value}; expected 0 or 1`);
}

async function readText(cursor: GgufCursor, key: string, pairs: Pairs): Promise<void> {
  const at = cursor.position;
  const length = await cursor.count({
    fault: 'GGUF_STRING_LENGTH',
    what: `bytes of the text of ${quoted(key)}`,
    limit: MAX_LENGTH,
    unit: 1,
  });
  if (length > MAX_TEXT_BYTES) {
    pairs.extents.set(key, { type: 'string', count: 1, offset: at, bytes: 8 + length });
    return cursor.skip(length);
  }
  cursor.charge(2 * length, at);
  pairs.values.set(key, keptText(await cursor.take(length), at, key, pairs));
}

function keptText(view: DataView, at: number, key: string, pairs: Pairs): string {
  const { text, valid } = valueText(view);
  if (!valid) {
    const message = `the text of ${quoted(key)} is not UTF-8`;
    addFinding(pairs, { fault: 'GGUF_STRING_TEXT', offset: at, message });
  }
  return text;
}

async function readArray(cursor: GgufCursor, key: string, pairs: Pairs): Promise<void> {
  const typeAt = cursor.position;
  const type = await cursor.u32();
  if (type === ARRAY) {
    const what = `${quoted(key)} is an array of arrays, which no reader takes`;
    throw cursor.invalid('GGUF_ARRAY_NESTED', typeAt, what);
  }
  const scalar = SCALARS.get(type);
  if (scalar === undefined && type !== STRING) throw unknownType(cursor, typeAt, key, type);
  const count = await cursor.count({
    fault: 'GGUF_ARRAY_LENGTH',
    what: `elements of ${quoted(key)}`,
    limit: MAX_LENGTH,
    unit: scalar?.bytes ?? 8,
  });
  if (scalar === undefined) return readStrings(cursor, key, count, pairs);
  const offset = cursor.position;
  const bytes = count * scalar.bytes;
  pairs.extents.set(key, { type: scalar.name, count, offset, bytes });
  if (count > MAX_KEPT_ELEMENTS) return cursor.skip(bytes);
  cursor.charge(count * ELEMENT_COST, offset);
  const view = await cursor.take(bytes);
  const values = Array.from({ length: count }, (_, i) => {
    const value = exact(scalar.read(view, i * scalar.bytes));
    return scalar.name === 'bool' ? checkedBool(cursor, offset + i, value) : value;
  });
  pairs.values.set(key, values);
}

async function readStrings(cursor: GgufCursor, key: string, count: number, pairs: Pairs): Promise<void> {
  const offset = cursor.position;
  pairs.strings += count;
  if (pairs.strings > MAX_STRINGS) {
    const what = `strings up to and with ${quoted(key)}: ${pairs.strings}; the limit is ${MAX_STRINGS}`;
    throw cursor.overLimit('GGUF_ARRAY_LENGTH', offset - 8, what);
  }
  await cursor.skipStrings(count);
  const bytes = cursor.position - offset;
  pairs.extents.set(key, { type: 'string', count, offset, bytes });
  if (count > MAX_KEPT_ELEMENTS || bytes > MAX_KEPT_BYTES) return;
  cursor.charge(count * ELEMENT_COST + 2 * bytes, offset);
  cursor.rewind(offset);
  const values: string[] = [];
  while (values.length < count) {
    const at = cursor.position;
    const length = (await cursor.take(8)).getUint32(0, true);
    values.push(keptText(await cursor.take(length), at, key, pairs));
  }
  pairs.values.set(key, values);
}

function unknownType(cursor: GgufCursor, at: number, key: string, type: number) {
  return cursor.invalid('GGUF_VALUE_TYPE', at, `${quoted(key)} has value type ${type}; expected 0 to 12`);
}
