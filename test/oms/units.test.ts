import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAssayError } from '../../src/core/errors.js';
import { parseBundle } from '../../src/oms/bundle.js';
import { readCertificate } from '../../src/oms/certificate.js';
import { derElements } from '../../src/oms/der.js';
import { ignoring } from '../../src/oms/ignore.js';
import { byCodePoint, byPathParts } from '../../src/oms/order.js';
import { legacyPreAuthEncoding, preAuthEncoding } from '../../src/oms/pae.js';
import { parseShard, unsafePath } from '../../src/oms/resource.js';
import { parseStatement } from '../../src/oms/statement.js';
import { bundleOf, statementOf, text } from './support.js';

describe('pre-authentication encoding', () => {
  test('of the DSSE protocol’s own example', () => {
    const encoded = preAuthEncoding('http://example.com/HelloWorld', Buffer.from('hello world'));
    expect(encoded.toString()).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
  });

  test('counts bytes, not characters', () => {
    expect(preAuthEncoding('é', Buffer.from('ü')).toString()).toBe('DSSEv1 2 é 2 ü');
  });

  // Python 3.11: f"{bytes}" of the same bytes.
  test.each([
    ['{"a":\n1}', `b'{"a":\\n1}'`],
    ["it's", `b"it's"`],
    [`it's "x"`, `b'it\\'s "x"'`],
    ['\t\r\\', "b'\\t\\r\\\\'"],
    ['é\u0000\u007f', "b'\\xc3\\xa9\\x00\\x7f'"],
  ])('as version 0.2 printed %j', (payload, printed) => {
    const bytes = Buffer.from(payload);
    expect(legacyPreAuthEncoding('t', bytes).toString()).toBe(`DSSEV1 1 t ${bytes.length} ${printed}`);
  });
});

describe('order', () => {
  test('by code point is that of iterating code points', () => {
    const points = (name: string): number[] => Array.from(name, (character) => character.codePointAt(0) ?? 0);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), (a, b) => {
        const [left, right] = [points(a), points(b)];
        const at = left.findIndex((point, i) => point !== right[i]);
        const expected =
          at === -1 ? left.length - right.length : (left[at] ?? 0) - (right[at] ?? Number.NEGATIVE_INFINITY);
        expect(Math.sign(byCodePoint(a, b))).toBe(Math.sign(expected));
      }),
    );
  });

  // Python 3.11: sorted(map(pathlib.PurePosixPath, names)).
  test('by path parts is that of PurePosixPath', () => {
    const names = ['a.txt', 'a-b', 'a/b', 'a', 'a/B/c', 'b', '\u{1f600}', '\u{ff5e}'];
    expect(names.sort(byPathParts)).toEqual([
      'a',
      'a/B/c',
      'a/b',
      'a-b',
      'a.txt',
      'b',
      '\u{ff5e}',
      '\u{1f600}',
    ]);
  });
});

describe('paths', () => {
  test.each([
    '',
    '/',
    '/a',
    'a/',
    'a//b',
    '.',
    './a',
    'a/./b',
    '..',
    '../a',
    'a/..',
    'C:\\a',
    'c:/a',
    'a\0b',
    '\ud800',
  ])('%j may not be signed', (path) => {
    expect(unsafePath(path)).toBeTypeOf('string');
  });

  test.each(['a', 'a/b', '...', '.git', 'a:b', 'a\\b', ' ', 'C:', '\u{1f600}'])('%j may', (path) => {
    expect(unsafePath(path)).toBeUndefined();
  });

  test('ignore entries cover themselves and what is below, and no more', () => {
    const isIgnored = ignoring(['.git', 'a/b', '.', '*', '/etc', '']);
    const paths = ['.git', '.git/x/y', 'a/b', 'a/b/c', 'a', 'a/bc', 'x/.git', '.gitmodules', 'etc', '*'];
    expect(paths.filter(isIgnored)).toEqual(['.git', '.git/x/y', 'a/b', 'a/b/c']);
  });

  test.each([
    ['a:0:5', 'a', 0, 5],
    ['a:b:1:2:3', 'a:b:1', 2, 3],
    ['a:00:5', undefined, 0, 0],
    ['a:-1:5', undefined, 0, 0],
    ['a:0:99999999999999999999', undefined, 0, 0],
    ['0:5', undefined, 0, 0],
  ])('shard %s', (name, file, start, end) => {
    const shard = parseShard({ name, digest: '' });
    expect(shard && [shard.file, shard.start, shard.end]).toEqual(file && [file, start, end]);
  });
});

describe('hostile bytes', () => {
  const refusedOrRead = (work: () => unknown): void => {
    try {
      work();
    } catch (error) {
      expect(isAssayError(error, 'SIGNATURE_INVALID')).toBe(true);
    }
  };

  test('mutated bundles and statements are read or refused, never anything else', () => {
    const bundle = Buffer.from(JSON.stringify(bundleOf(statementOf([['a', '0'.repeat(64)]]))));
    const statement = Buffer.from(JSON.stringify(statementOf([['a', '0'.repeat(64)]])));
    fc.assert(
      fc.property(fc.nat(), fc.uint8Array({ maxLength: 4 }), fc.nat(8), (seed, insert, removed) => {
        for (const [bytes, parse] of [
          [bundle, (mutated: Uint8Array) => parseBundle(mutated, 'b')],
          [statement, parseStatement],
        ] as const) {
          const at = seed % bytes.length;
          const mutated = Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + removed)]);
          refusedOrRead(() => parse(mutated));
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('mutated certificates are read or refused', () => {
    const chain = JSON.parse(text('chains/good.sig')).verificationMaterial.x509CertificateChain;
    const leaf = Buffer.from(chain.certificates[0].rawBytes, 'base64');
    fc.assert(
      fc.property(fc.nat(leaf.length - 1), fc.nat(255), (at, value) => {
        const mutated = Buffer.from(leaf);
        mutated[at] = value;
        refusedOrRead(() => readCertificate(mutated));
      }),
      { numRuns: 2000 },
    );
  });

  test('DER ends in elements or in a RangeError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          const total = derElements(bytes).reduce((sum, { content }) => sum + content.length + 2, 0);
          expect(total).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});
