import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AssayError, isAssayError } from '../../../src/core/errors.js';
import { MAX_DEPTH, MAX_OBJECTS } from '../../../src/formats/json/limits.js';
import { type JsonValue, parseJson } from '../../../src/formats/json/parse.js';
import { JsonReader } from '../../../src/formats/json/reader.js';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (text: string): JsonValue => parseJson(encode(text), 'x.json');

function refusal(bytes: string | Uint8Array): AssayError {
  try {
    parseJson(typeof bytes === 'string' ? encode(bytes) : bytes, 'x.json');
  } catch (error) {
    if (isAssayError(error)) return error;
    throw error;
  }
  throw new Error('accepted');
}

/** Ours as JSON.parse would give it: Maps become objects without a prototype. */
function plain(value: JsonValue): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner)]));
  return Array.isArray(value) ? value.map(plain) : value;
}

describe('values', () => {
  test('integers beyond 2^53 stay exact', () => {
    expect(parse('[9007199254740991,9007199254740992,-9007199254740993,18446744073709551615]')).toEqual([
      9007199254740991,
      9007199254740992n,
      -9007199254740993n,
      18446744073709551615n,
    ]);
  });

  test('numbers of any form', () => {
    expect(parse('[0,-0,1.5,-2e3,1E+2,5e-324,1.7976931348623157e308,0.1]')).toEqual([
      0, -0, 1.5, -2000, 100, 5e-324, 1.7976931348623157e308, 0.1,
    ]);
  });

  test('names that objects inherit are plain keys', () => {
    const text = '{"__proto__":1,"constructor":2,"toString":3}';
    expect(parse(text)).toEqual(
      new Map([
        ['__proto__', 1],
        ['constructor', 2],
        ['toString', 3],
      ]),
    );
  });

  test('strings with escapes and any script', () => {
    expect(parse('["\\"\\\\\\/\\b\\f\\n\\r\\t","\\u00e9\\ud83d\\ude00","é世😀\u2028\u007f",""]')).toEqual([
      '"\\/\b\f\n\r\t',
      'é😀',
      'é世😀\u2028\u007f',
      '',
    ]);
  });

  test('every value that JSON.stringify writes is read back as JSON.parse reads it', () => {
    const property = fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(undefined, 2), (text, indent) => {
      const spaced = JSON.stringify(JSON.parse(text), null, indent);
      expect(plain(parse(spaced))).toEqual(JSON.parse(spaced));
    });
    fc.assert(property, { numRuns: 2000, seed: 4 });
  });

  test('a text is accepted exactly when JSON.parse accepts it, but for named rules', () => {
    const piece = fc.constantFrom(
      ...'{}[],:"\\ \n01-.eE+tfn\u00e9',
      'true',
      'null',
      '"a"',
      '\\u00',
      '1e5',
      '{"a":1}',
    );
    const property = fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
      const text = pieces.join('');
      let native = true;
      try {
        JSON.parse(text);
      } catch {
        native = false;
      }
      let fault: string | undefined;
      try {
        parse(text);
      } catch (error) {
        if (!isAssayError(error)) throw error;
        fault = error.fault;
      }
      if (native) expect([undefined, 'JSON_KEY_DUPLICATE']).toContain(fault);
      else expect(fault).toBeDefined();
    });
    fc.assert(property, { numRuns: 20_000, seed: 5 });
  });
});

describe('refusals', () => {
  test.each<[string, string, number]>([
    ['', 'JSON_TRUNCATED', 0],
    [' ', 'JSON_TRUNCATED', 1],
    ['{"a":1', 'JSON_TRUNCATED', 6],
    ['{"a"', 'JSON_TRUNCATED', 4],
    ['["é', 'JSON_TRUNCATED', 4],
    ['-', 'JSON_TRUNCATED', 1],
    ['"\\', 'JSON_STRING', 1],
    ['{"é":1,"é":2}', 'JSON_KEY_DUPLICATE', 8],
    ['{"a":{"b":1,"\\u0062":2}}', 'JSON_KEY_DUPLICATE', 12],
    ['{"__proto__":1,"__proto__":2}', 'JSON_KEY_DUPLICATE', 15],
    ['[1 2]', 'JSON_SYNTAX', 3],
    ['[1,]', 'JSON_SYNTAX', 3],
    ['{"a":1,}', 'JSON_SYNTAX', 7],
    ['{a:1}', 'JSON_SYNTAX', 1],
    ["{'a':1}", 'JSON_SYNTAX', 1],
    ['{"a" 1}', 'JSON_SYNTAX', 5],
    ['[NaN]', 'JSON_SYNTAX', 1],
    ['[Infinity]', 'JSON_SYNTAX', 1],
    ['[nul]', 'JSON_SYNTAX', 1],
    ['\ufeff{}', 'JSON_SYNTAX', 0],
    ['/**/1', 'JSON_SYNTAX', 0],
    ['[01]', 'JSON_NUMBER', 1],
    ['[1.]', 'JSON_NUMBER', 1],
    ['[-.5]', 'JSON_NUMBER', 1],
    ['[1e999]', 'JSON_NUMBER', 1],
    ['{} {}', 'JSON_TRAILING', 3],
    ['1\u0000', 'JSON_TRAILING', 1],
    ['["a\tb"]', 'JSON_STRING', 3],
    ['["\\x"]', 'JSON_STRING', 2],
    ['["\\u12g4"]', 'JSON_STRING', 2],
    ['["a","\\ud800"]', 'JSON_SURROGATE', 5],
    ['["\\udc00\\ud800"]', 'JSON_SURROGATE', 1],
    [`[${'9'.repeat(129)}]`, 'JSON_NUMBER_LIMIT', 1],
    [`${'['.repeat(MAX_DEPTH + 1)}`, 'JSON_DEPTH', MAX_DEPTH],
  ])('%j: %s at byte %i', (text, fault, offset) => {
    const error = refusal(text);
    expect(error).toMatchObject({ fault, offset });
    const cut = fault === 'JSON_TRUNCATED' ? 'FORMAT_TRUNCATED' : 'FORMAT_INVALID';
    expect(error.code).toBe(/LIMIT|DEPTH/.test(fault) ? 'FORMAT_LIMIT' : cut);
    expect(error.message).toMatch(/^x\.json: at byte \d+, /);
    expect(error.hint).toBeDefined();
  });

  test.each([
    ['a stray continuation', [0x22, 0x80, 0x22], 1],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22], 1],
    ['a surrogate', [0x22, 0x61, 0xed, 0xa0, 0x80, 0x22], 2],
    ['a character beyond Unicode', [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22], 1],
    ['a sequence cut by the end', [0x22, 0xe4, 0xb8], 1],
    ['a fault behind other characters', [0x22, 0xc3, 0xa9, 0xf0, 0x9f, 0x98, 0x80, 0xff], 7],
  ])('UTF-8 with %s', (_, bytes, offset) => {
    expect(refusal(Uint8Array.from(bytes))).toMatchObject({ fault: 'JSON_UTF8', offset });
  });

  test('more objects than any real file has', () => {
    const text = `[${'{},'.repeat(MAX_OBJECTS)}{}]`;
    expect(refusal(text)).toMatchObject({
      code: 'FORMAT_LIMIT',
      fault: 'JSON_OBJECT_LIMIT',
      offset: text.length - 3,
    });
  });

  test('every cut of a text is a truncation or a fault of what is left', () => {
    const text = '{"a":[1.5,true,"\\u00e9"],"b":null}';
    for (let size = 0; size < text.length; size++) {
      const error = refusal(text.slice(0, size));
      expect(error.offset).toBeLessThanOrEqual(size);
    }
  });
});

test('a text inside a file has the bytes of that file, and its end is not the end of the file', () => {
  const reader = new JsonReader(encode('{"a": 1'), 'm.bin', { base: 8 });
  const seen: unknown[] = [];
  const read = () => reader.object((key, at) => seen.push([key, at, reader.offset, reader.number()]));
  expect(read).toThrow(
    expect.objectContaining({ code: 'FORMAT_INVALID', fault: 'JSON_TRUNCATED', offset: 15 }),
  );
  expect(seen).toEqual([['a', 9, 14, 1]]);
});

test('hostile texts take time in proportion to their length', () => {
  const texts = [
    '['.repeat(1e6),
    '"\\'.repeat(5e5),
    `"${'\\u0041'.repeat(2e5)}"`,
    ' '.repeat(1e6),
    '-'.repeat(1e6),
  ];
  const members = Array.from({ length: 50_000 }, (_, i) => `"${i}":0`);
  const started = performance.now();
  for (const text of [...texts, `{${members.join(',')}}`]) {
    try {
      parse(text);
    } catch (error) {
      expect(isAssayError(error)).toBe(true);
    }
  }
  expect(performance.now() - started).toBeLessThan(3000);
});
