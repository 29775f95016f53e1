import { fileOverLimit, invalidFile, quoted } from '../failure.js';
import type { JsonFault } from './faults.js';
import { MAX_OBJECTS } from './limits.js';
import { JsonReader } from './reader.js';

/** Integers beyond ±2^53 are bigints, so that none is rounded unnoticed. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly JsonValue[]
  | ReadonlyMap<string, JsonValue>;

/**
 * Read a whole JSON text: RFC 8259, UTF-8, no duplicate keys. `name` is the file's, for messages.
 * Throws FORMAT_INVALID, FORMAT_TRUNCATED and FORMAT_LIMIT, each with a JsonFault and the byte.
 */
export function parseJson(
  bytes: Uint8Array,
  name: string,
  options: { readonly maxDepth?: number } = {},
): JsonValue {
  const reader = new JsonReader(bytes, name, options);
  const root = valueReader(reader)();
  reader.end();
  return root;
}

/** Reads the next value of `reader` as a whole; all calls together stay within the limit of objects. */
export function valueReader(reader: JsonReader): () => JsonValue {
  let objects = 0;
  const value = (): JsonValue => {
    switch (reader.kind()) {
      case 'object':
        if (++objects > MAX_OBJECTS) throw tooMany(reader);
        return members(reader, value);
      case 'array':
        return elements(reader, value);
      case 'string':
        return reader.string();
      case 'literal':
        return reader.literal();
      case 'number':
        return reader.number();
    }
  };
  return value;
}

function members(reader: JsonReader, value: () => JsonValue): ReadonlyMap<string, JsonValue> {
  const map = new Map<string, JsonValue>();
  reader.object((key, at) => {
    if (map.has(key)) throw duplicateKey<JsonFault>(reader.name, key, at, 'JSON_KEY_DUPLICATE');
    map.set(key, value());
  });
  return map;
}

function elements(reader: JsonReader, value: () => JsonValue): readonly JsonValue[] {
  const list: JsonValue[] = [];
  reader.array(() => {
    list.push(value());
  });
  return list;
}

/** A key that stands twice in one object. */
export function duplicateKey<F extends string>(file: string, key: string, at: number, fault: F): Error {
  const hint = 'Programs differ in which of the two they take; ask for a file that says one thing.';
  return invalidFile({ file, at, fault }, `the key ${quoted(key)} stands a second time in one object`, hint);
}

function tooMany(reader: JsonReader): Error {
  const place = { file: reader.name, at: reader.offset, fault: 'JSON_OBJECT_LIMIT' } as const;
  return fileOverLimit(place, `the text holds more than ${MAX_OBJECTS} objects`);
}
