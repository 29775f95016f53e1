import { splice } from './mutate.mjs';

/** Edits of JSON text by token, inside bytes that may hold other things too. */

const TOKENS = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '""',
    '{}',
    '[]',
    '\\',
    '\\u0000',
    '\\ud800',
    '\\"',
    ' ',
    '\n',
    '\t',
  ],
  ...[
    'null',
    'true',
    '0',
    '-1',
    '-0',
    '00',
    '1.0',
    '1e3',
    '1e999',
    '9007199254740993',
    '18446744073709551616',
  ],
  ...['\u00e9', '\ufeff', '\u0000', '"__proto__"', '"constructor"', '"a":1', '"a":1,"a":2', '[[[[', '{"a":'],
].map((text) => new TextEncoder().encode(text));

const DIGIT = (byte) => byte >= 0x30 && byte <= 0x39;

/** First index from `at` on, around the end, that `wanted` accepts; -1 when none does within `reach`. */
function seek(bytes, at, wanted, reach = 400) {
  for (let step = 0; step < Math.min(reach, bytes.length); step++) {
    const index = (at + step) % bytes.length;
    if (wanted(bytes[index])) return index;
  }
  return -1;
}

function runEnd(bytes, from, inside) {
  let to = from;
  while (to < bytes.length && inside(bytes[to])) to++;
  return to;
}

function insertToken(bytes, random) {
  return splice(bytes, random.below(bytes.length + 1), 0, random.pick(TOKENS));
}

function replaceToken(bytes, random) {
  return splice(bytes, random.below(bytes.length + 1), random.below(8) + 1, random.pick(TOKENS));
}

/** Neighbours of a number and powers of two reach the comparisons that random digits miss. */
function editNumber(bytes, random) {
  const from = seek(bytes, random.below(bytes.length + 1), DIGIT);
  if (from < 0) return bytes.slice();
  const to = runEnd(bytes, from, DIGIT);
  const value = BigInt(new TextDecoder().decode(bytes.subarray(from, Math.min(to, from + 30))));
  const edited = random.pick([
    value + 1n,
    value - 1n,
    value * 2n,
    value / 2n,
    0n,
    2n ** 31n,
    2n ** 53n,
    2n ** 64n,
  ]);
  return splice(bytes, from, to - from, new TextEncoder().encode(String(edited)));
}

/** Copy one string over another: duplicate keys, swapped dtypes and names. */
function copyString(bytes, random) {
  const first = quotedAt(bytes, random.below(bytes.length + 1));
  const second = quotedAt(bytes, random.below(bytes.length + 1));
  if (first === undefined || second === undefined) return bytes.slice();
  return splice(bytes, second.from, second.to - second.from, bytes.subarray(first.from, first.to));
}

function quotedAt(bytes, at) {
  const from = seek(bytes, at, (byte) => byte === 0x22);
  if (from < 0) return undefined;
  const to = runEnd(bytes, from + 1, (byte) => byte !== 0x22) + 1;
  return to <= bytes.length && to - from < 200 ? { from, to } : undefined;
}

/** Repeat what lies between two commas: a member or an element. */
function repeatMember(bytes, random) {
  const comma = (byte) => byte === 0x2c;
  const from = seek(bytes, random.below(bytes.length + 1), comma);
  if (from < 0) return bytes.slice();
  const to = runEnd(bytes, from + 1, (byte) => !comma(byte));
  return splice(bytes, to, 0, bytes.subarray(from, Math.min(to, from + 400)));
}

/** Copy one innermost array over another: shapes and offsets of other tensors. */
function copyArray(bytes, random) {
  const first = arrayAt(bytes, random.below(bytes.length + 1));
  const second = arrayAt(bytes, random.below(bytes.length + 1));
  if (first === undefined || second === undefined) return bytes.slice();
  return splice(bytes, second.from, second.to - second.from, bytes.subarray(first.from, first.to));
}

function arrayAt(bytes, at) {
  const from = seek(bytes, at, (byte) => byte === 0x5b);
  if (from < 0) return undefined;
  const to = runEnd(bytes, from, (byte) => byte !== 0x5d) + 1;
  return to <= bytes.length && to - from < 200 ? { from, to } : undefined;
}

export const JSON_MUTATIONS = [
  insertToken,
  replaceToken,
  editNumber,
  editNumber,
  copyString,
  copyArray,
  repeatMember,
];
