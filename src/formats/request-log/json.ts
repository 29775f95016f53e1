import { MAX_DEPTH } from './limits.js';

export type Fields = Readonly<Record<string, unknown>>;

/** Why a line is no request: stable, shown with counts, and free of the line's own text. */
export type Unusable = { readonly unusable: string };

export function unusable(reason: string): Unusable {
  return { unusable: reason };
}

export function isUnusable(value: object): value is Unusable {
  return 'unusable' in value;
}

/** JSON within the depth limit; logs of real clients hold duplicate keys and lone surrogates, so it is lenient. */
export function readJson(text: string): { readonly value: unknown } | Unusable {
  if (isDeep(text)) return unusable('nested too deeply');
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return unusable('not JSON');
  }
}

function isDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (quoted) {
      if (code === 0x5c) at++;
      else if (code === 0x22) quoted = false;
    } else if (code === 0x22) quoted = true;
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > MAX_DEPTH) return true;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return false;
}

/** An object's own fields; undefined for anything else. */
export function fields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** A field of an object, own or not there. */
export function field(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const name of path) {
    const object = fields(found);
    if (object === undefined || !Object.hasOwn(object, name)) return undefined;
    found = object[name];
  }
  return found;
}

export function list(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Tokens: a whole number that a conversation can have. */
export function count(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 31
    ? Number(value)
    : undefined;
}

/** The first defined result. */
export function first<T>(...values: readonly (T | undefined)[]): T | undefined {
  return values.find((value) => value !== undefined);
}

/** Fields that some tools store as JSON in a string. */
export function unwrapped(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  const read = readJson(value);
  return 'value' in read && typeof read.value === 'object' ? read.value : value;
}
