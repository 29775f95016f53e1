import { describe, expect, test } from 'vitest';
import { parseLfsPointer } from '../../src/formats/lfs-pointer.js';

const OID = 'c2388e6b127ce6664e35c5e2529c3ce4bfc99f4f7fb6fa48e92b29ed5e4922af';
const VERSION = 'version https://git-lfs.github.com/spec/v1\n';
const parse = (text: string) => parseLfsPointer(Buffer.from(text));

describe('a pointer', () => {
  test('of a shard of DeepSeek-R1', () => {
    // As git-lfs 3.3 writes it.
    const text = `${VERSION}oid sha256:${OID}\nsize 5234139343\n`;
    expect(parse(text)).toEqual({ sha256: OID, bytes: 5_234_139_343 });
  });

  test('with an extension, which comes before oid in the alphabet', () => {
    const text = `${VERSION}ext-0-foo sha256:${'0'.repeat(64)}\noid sha256:${OID}\nsize 12345\n`;
    expect(parse(text)).toEqual({ sha256: OID, bytes: 12_345 });
  });

  test('to an empty file', () => {
    expect(parse(`${VERSION}oid sha256:${OID}\nsize 0\n`)).toEqual({ sha256: OID, bytes: 0 });
  });
});

describe('no pointer', () => {
  const oid = `oid sha256:${OID}\n`;
  test.each([
    ['nothing', ''],
    ['an older version', `version https://hawser.github.com/spec/v1\n${oid}size 1\n`.padEnd(200, '\n')],
    ['no last line feed', `${VERSION}${oid}size 12`],
    ['carriage returns', `${VERSION}${oid}size 1\n`.replaceAll('\n', '\r\n')],
    ['no size', `${VERSION}${oid}x-note something\n`],
    ['size before oid', `${VERSION}size 1\n${oid}`],
    ['two oids', `${VERSION}${oid}${oid}size 1\n`],
    ['SHA-1', `${VERSION}oid sha1:${OID}\nsize 1\n`],
    ['capitals', `${VERSION}oid sha256:${OID.toUpperCase()}\nsize 1\n`],
    ['a short digest', `${VERSION}oid sha256:${OID.slice(1)}\nsize 10\n`],
    ['a leading zero', `${VERSION}${oid}size 01\n`],
    ['a sign', `${VERSION}${oid}size -1\n`],
    ['a size beyond 2^53', `${VERSION}${oid}size 9007199254740993\n`],
    ['an empty line', `${VERSION}\n${oid}size 1\n`],
    ['text after it', `${VERSION}${oid}size 1\nhello\n`],
    ['1,024 bytes', `${VERSION}${oid}size 1\n`.replace('\noid', `\na ${'x'.repeat(895)}\noid`)],
  ])('%s', (_, text) => {
    expect(parse(text)).toBeNull();
  });
});
