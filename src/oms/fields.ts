import type { JsonValue } from '../formats/json/parse.js';
import { type OmsFault, refusal } from './finding.js';

/** Typed access to one JSON object. Every method throws SIGNATURE_INVALID for a value of another type. */
export interface Fields {
  /** False for an absent key and for null. */
  has(key: string): boolean;
  object(key: string): Fields;
  list(key: string): readonly JsonValue[];
  objects(key: string): readonly Fields[];
  text(key: string): string;
  flag(key: string): boolean;
  /** A whole number above 0. */
  count(key: string): number;
  /** Base64 in its canonical form: a second spelling would be a second file with the same signature. */
  bytes(key: string): Uint8Array;
}

/** `name` is where the object stands, for messages; `fault` what is wrong when it is not as expected. */
export function fieldsOf(value: JsonValue | undefined, name: string, fault: OmsFault): Fields {
  if (!(value instanceof Map)) throw refusal(fault, `${name} is not a JSON object.`);
  const map: ReadonlyMap<string, JsonValue> = value;
  const refused = (key: string, expected: string) => refusal(fault, `${name}.${key} is not ${expected}.`);
  const list = (key: string): readonly JsonValue[] => {
    const items = map.get(key);
    if (!Array.isArray(items)) throw refused(key, 'a list');
    return items;
  };
  const text = (key: string): string => {
    const found = map.get(key);
    if (typeof found !== 'string') throw refused(key, 'a text');
    return found;
  };
  return {
    has: (key) => (map.get(key) ?? null) !== null,
    object: (key) => fieldsOf(map.get(key), `${name}.${key}`, fault),
    list,
    objects: (key) => list(key).map((item, i) => fieldsOf(item, `${name}.${key}[${i}]`, fault)),
    text,
    flag: (key) => {
      const found = map.get(key);
      if (typeof found !== 'boolean') throw refused(key, 'true or false');
      return found;
    },
    count: (key) => {
      const found = map.get(key);
      if (typeof found !== 'number' || !Number.isSafeInteger(found) || found <= 0)
        throw refused(key, 'a whole number above 0');
      return found;
    },
    bytes: (key) => {
      const encoded = text(key);
      const bytes = Buffer.from(encoded, 'base64');
      if (encoded === '' || bytes.toString('base64') !== encoded) throw refused(key, 'base64');
      return bytes;
    },
  };
}
