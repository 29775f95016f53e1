import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseChecksums } from '../../src/formats/checksums.js';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);
const parse = (text: string | Uint8Array) => parseChecksums(Buffer.from(text), 'SHA256SUMS');

/** Fault and byte of the refusal, `-` where the text is accepted. */
function refusal(text: string | Uint8Array): string {
  try {
    parse(text);
    return '-';
  } catch (error) {
    const { code, fault, offset } = error as Record<string, unknown>;
    return `${code} ${fault} at ${offset}`;
  }
}

describe('text of sha256sum', () => {
  test('text and binary marks, tags, capitals, comments, empty lines and carriage returns', () => {
    const text = `# weights\n${A}  a.bin\r\n\n${B.toUpperCase()} *sub/b c.bin\nSHA256 (d (1) = x) = ${A}`;
    expect(parse(text)).toEqual([
      { path: 'a.bin', sha256: A, bytes: null },
      { path: 'sub/b c.bin', sha256: B, bytes: null },
      { path: 'd (1) = x', sha256: A, bytes: null },
    ]);
  });

  test('names relative to the folder, however they start', () => {
    expect(parse(`${A}  ./a.bin\n${B}  .//sub/./b.bin\n`).map(({ path }) => path)).toEqual([
      'a.bin',
      'sub/b.bin',
    ]);
  });

  test('a line that stands twice', () => {
    expect(parse(`${A}  a\n${A}  ./a\n`)).toHaveLength(1);
  });

  const installed = spawnSync('sha256sum', ['--tag', '/dev/null']).status === 0;
  const whySkipped = installed ? '' : ' (skipped: GNU sha256sum is not installed)';
  test.skipIf(!installed)(`every name comes back from GNU sha256sum${whySkipped}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-sums-'));
    const names = [
      'plain',
      ' lead',
      '*star',
      'new\nline',
      'back\\slash',
      'back\\nslash',
      'tab\tx',
      'a (b) = c',
      '重み',
      '#x',
      '\\',
    ];
    for (const name of names) writeFileSync(join(folder, name), name);
    for (const form of [[], ['--binary'], ['--tag']]) {
      const text = execFileSync('sha256sum', [...form, '--', ...names], { cwd: folder });
      expect(parseChecksums(text, 'sums')).toEqual(
        names.map((path) => ({ path, sha256: createHash('sha256').update(path).digest('hex'), bytes: null })),
      );
    }
    rmSync(folder, { recursive: true });
  });

  test('any name survives the escaping', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z \\\n\r*()=#]{1,12}$/), (name) => {
        fc.pre(!name.endsWith('\r') && name.trim() !== '' && name !== '-');
        const escaped = name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
        const text = `${escaped === name ? '' : '\\'}${A}  ${escaped}\n`;
        expect(parse(text)).toEqual([{ path: name, sha256: A, bytes: null }]);
      }),
    );
  });
});

describe('the Hugging Face tree', () => {
  test('gives a SHA-256 to files under Git LFS and a size to all', () => {
    // Shape of GET /api/models/deepseek-ai/DeepSeek-R1/tree/main?recursive=true.
    const text = JSON.stringify([
      { type: 'directory', oid: '1'.repeat(40), size: 0, path: 'figures' },
      { type: 'file', oid: '2'.repeat(40), size: 1729, path: 'config.json' },
      {
        type: 'file',
        oid: '3'.repeat(40),
        size: 99,
        path: 'a.safetensors',
        lfs: { oid: A, size: 99, pointerSize: 135 },
        xetHash: B,
      },
    ]);
    expect(parse(text)).toEqual([
      { path: 'config.json', sha256: null, bytes: 1729 },
      { path: 'a.safetensors', sha256: A, bytes: 99 },
    ]);
  });
});

describe('refused', () => {
  test.each([
    ['nothing', '', 'FORMAT_INVALID CHECKSUMS_EMPTY at 0'],
    ['comments alone', '# a\n', 'FORMAT_INVALID CHECKSUMS_EMPTY at 0'],
    ['a word', 'hello\n', 'FORMAT_INVALID CHECKSUMS_LINE at 0'],
    ['one space', `${A}  a\n${A} b\n`, 'FORMAT_INVALID CHECKSUMS_LINE at 68'],
    ['63 digits', `${A.slice(1)}  a\n`, 'FORMAT_INVALID CHECKSUMS_LINE at 0'],
    ['SHA-512', `${A}${A}  a\n`, 'FORMAT_INVALID CHECKSUMS_LINE at 0'],
    ['another tag', `SHA512 (a) = ${A}${A}\n`, 'FORMAT_INVALID CHECKSUMS_LINE at 0'],
    ['no name', `${A}  \n`, 'FORMAT_INVALID CHECKSUMS_LINE at 0'],
    ['an escape of something else', `\\${A}  a\\t\n`, 'FORMAT_INVALID CHECKSUMS_ESCAPE at 0'],
    ['half an escape', `${A}  a\n\\${A}  a\\\n`, 'FORMAT_INVALID CHECKSUMS_ESCAPE at 68'],
    ['an absolute path', `${A}  /etc/passwd\n`, 'FORMAT_INVALID CHECKSUMS_PATH at 0'],
    ['a path that leaves', `${A}  a/../../b\n`, 'FORMAT_INVALID CHECKSUMS_PATH at 0'],
    ['standard input', `${A}  -\n`, 'FORMAT_INVALID CHECKSUMS_PATH at 0'],
    ['the folder itself', `${A}  ./\n`, 'FORMAT_INVALID CHECKSUMS_PATH at 0'],
    ['two digests of one file', `${A}  a\n${B}  ./a\n`, 'FORMAT_INVALID CHECKSUMS_CONTRADICTION at 68'],
    ['other bytes than UTF-8', Uint8Array.of(0x61, 0xff, 0x0a), 'FORMAT_INVALID CHECKSUMS_UTF8 at 0'],
    [
      'too many files',
      Array.from({ length: 20_001 }, (_, i) => `${A}  ${i}\n`).join(''),
      'FORMAT_LIMIT CHECKSUMS_LIMIT at 1428890',
    ],
    ['too many bytes', new Uint8Array(2 ** 24 + 1), 'FORMAT_LIMIT CHECKSUMS_LIMIT at 16777216'],
    ['an object', '{"error":"not found"}', 'FORMAT_INVALID CHECKSUMS_TREE at 0'],
    ['strange entries', '[{"type":"file","path":"a"}]', 'FORMAT_INVALID CHECKSUMS_TREE at 0'],
    [
      'a digest that is none',
      '[{"type":"file","path":"a","size":1,"lfs":{"oid":"x"}}]',
      'FORMAT_INVALID CHECKSUMS_TREE at 0',
    ],
    ['a key that stands twice', '[{"path":"a","path":"b"}]', 'FORMAT_INVALID JSON_KEY_DUPLICATE at 13'],
  ])('%s', (_, text, expected) => {
    expect(refusal(text)).toBe(expected);
  });

  test('any bytes are read or refused by name', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(refusal(bytes)).toMatch(
          /^(-|FORMAT_(INVALID|TRUNCATED|LIMIT) (CHECKSUMS|JSON)_[A-Z0-9_]+ at \d+)$/,
        );
      }),
    );
  });
});
