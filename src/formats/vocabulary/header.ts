import { SPLIT_NAMES } from './split.js';
import type { VocabularyHeader } from './types.js';

/** Ranks share a double with a 32-bit place in the merging heap; the largest public vocabulary has 262,144 tokens. */
const MAX_TOKENS = 2 ** 20;
const MAX_SPECIALS = 4096;
const MAX_SPECIAL_UNITS = 256;

/** Check the header of a compact vocabulary; `fail` makes the error to throw. */
export function readHeader(bytes: Uint8Array, fail: (what: string) => Error): VocabularyHeader {
  const header = parsed(bytes, fail);
  const text = ['id', 'source', 'licence', 'sha256'].find((key) => typeof header[key] !== 'string');
  if (text !== undefined) throw fail(`its header has no ${text}`);
  if (!SPLIT_NAMES.includes(header.split as VocabularyHeader['split']))
    throw fail('its header names no known way to cut text');
  if (header.merges !== 'listed' && header.merges !== 'any')
    throw fail('its header names no known merge rule');
  if (header.normalization !== null && header.normalization !== 'NFC')
    throw fail('its header names no known normalization');
  if (!isCount(header.tokens, MAX_TOKENS)) throw fail('its header states no sensible number of tokens');
  if (!Array.isArray(header.specials) || header.specials.length > MAX_SPECIALS)
    throw fail('its header lists no special tokens, or too many');
  if (!header.specials.every(isSpecial)) throw fail('its header lists a special token that is none');
  return header as unknown as VocabularyHeader;
}

function parsed(bytes: Uint8Array, fail: (what: string) => Error): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Said below, in the same words.
  }
  throw fail('its header is no JSON object');
}

function isCount(value: unknown, most: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= most;
}

function isSpecial(entry: unknown): boolean {
  if (!Array.isArray(entry) || entry.length !== 2) return false;
  const [id, text] = entry as readonly unknown[];
  return (
    isCount(id, 2 * MAX_TOKENS) &&
    typeof text === 'string' &&
    text.length > 0 &&
    text.length <= MAX_SPECIAL_UNITS
  );
}
