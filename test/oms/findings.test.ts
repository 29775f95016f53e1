import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { signModel } from '../../src/api/sign-model.js';
import { verifyModel } from '../../src/api/verify-model.js';
import { isAssayError } from '../../src/core/errors.js';
import {
  bundleOf,
  check,
  codes,
  folderOf,
  KEY,
  newKey,
  type Row,
  scratch,
  sha256,
  statementOf,
} from './support.js';

const FILES = { 'config.json': '{}', 'weights.bin': 'weights', 'tokenizer/vocab.txt': 'a\nb\n' };

/** A folder signed into itself by the code under test. */
async function signed(files: Readonly<Record<string, string>> = FILES): Promise<string> {
  const folder = folderOf(files);
  const signature = join(folder, 'model.sig');
  writeFileSync(signature, (await signModel(folder, { privateKey: KEY.privatePem, signature })).bundle);
  return folder;
}
const verify = (folder: string, options = {}) =>
  verifyModel(folder, { trust: { publicKey: KEY.publicPem }, ...options });

describe('files that are not those that were signed', () => {
  test.each<[string, (folder: string) => void, string[]]>([
    ['nothing', () => undefined, []],
    [
      'a flipped byte',
      (at) => writeFileSync(join(at, 'weights.bin'), 'weightt'),
      ['FILE_CHANGED weights.bin'],
    ],
    ['a file that is gone', (at) => rmSync(join(at, 'weights.bin')), ['FILE_MISSING weights.bin']],
    ['one more file', (at) => writeFileSync(join(at, 'more.bin'), ''), ['FILE_EXTRA more.bin']],
    ['a file in node_modules', (at) => put(at, 'node_modules/x/i.js'), ['FILE_EXTRA node_modules/x/i.js']],
    ['a deeper .git', (at) => put(at, 'tokenizer/.git/config'), ['FILE_EXTRA tokenizer/.git/config']],
    [
      'another name',
      (at) => renameSync(join(at, 'weights.bin'), join(at, 'other.bin')),
      ['FILE_RENAMED weights.bin -> other.bin'],
    ],
    [
      'another case of the name',
      (at) => renameSync(join(at, 'weights.bin'), join(at, 'Weights.bin')),
      ['FILE_RENAMED weights.bin -> Weights.bin'],
    ],
    [
      'two names exchanged',
      (at) => {
        writeFileSync(join(at, 'weights.bin'), '{}');
        writeFileSync(join(at, 'config.json'), 'weights');
      },
      ['FILE_CHANGED config.json', 'FILE_CHANGED weights.bin'],
    ],
    [
      'a link in place of a file',
      (at) => {
        renameSync(join(at, 'weights.bin'), join(at, '.git-weights'));
        symlinkSync('.git-weights', join(at, 'weights.bin'));
      },
      ['FILE_LINK weights.bin', 'FILE_EXTRA .git-weights'],
    ],
    ['a link to a folder', (at) => symlinkSync('/etc', join(at, 'etc')), ['FILE_LINK etc']],
    [
      'everything at once',
      (at) => {
        rmSync(join(at, 'config.json'));
        put(at, 'extra/x');
        writeFileSync(join(at, 'tokenizer/vocab.txt'), '');
        renameSync(join(at, 'weights.bin'), join(at, 'w.bin'));
      },
      [
        'FILE_MISSING config.json',
        'FILE_CHANGED tokenizer/vocab.txt',
        'FILE_RENAMED weights.bin -> w.bin',
        'FILE_EXTRA extra/x',
      ],
    ],
  ])('%s', async (_, spoil, expected) => {
    const folder = await signed();
    spoil(folder);
    const verification = await verify(folder);
    expect(codes(verification)).toEqual(expected);
    expect(verification.ok).toBe(expected.length === 0);
    expect(verification.signer).toEqual({ method: 'key', hint: sha256(KEY.publicPem) });
  });

  test.runIf(process.platform === 'linux')('a pipe, and a name that is no text', async () => {
    const folder = await signed();
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/bad-`), Buffer.from([0xff])]), '');
    expect(codes(await verify(folder))).toEqual(['FILE_SPECIAL pipe', 'FILE_NAME_INVALID bad-\u{fffd}']);
  });

  test('unsigned files can be accepted, changed ones cannot', async () => {
    const folder = await signed();
    put(folder, 'more/x');
    symlinkSync('weights.bin', join(folder, 'link'));
    expect(codes(await verify(folder, { ignoreUnsignedFiles: true }))).toEqual([]);
    renameSync(join(folder, 'weights.bin'), join(folder, 'w.bin'));
    expect(codes(await verify(folder, { ignoreUnsignedFiles: true }))).toEqual([
      'FILE_RENAMED weights.bin -> w.bin',
    ]);
  });

  test('what is left out is told', async () => {
    const folder = await signed({ ...FILES, '.git/hooks/post-checkout': 'anything', '.gitattributes': '' });
    const verification = await verify(folder);
    expect(verification).toMatchObject({ ok: true, ignored: ['.git', '.gitattributes'] });
    expect(verification.statement?.files).toBe(3);
  });
});

function put(folder: string, path: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), 'x');
}

const GOOD: Row = ['good', sha256('good')];
const folder = folderOf({ good: 'good' });

describe('signers', () => {
  test('a foreign key and an altered payload are told apart', async () => {
    const bundle = bundleOf(statementOf([GOOD]));
    const trust = { publicKey: newKey().publicPem };
    expect(codes(await check(folder, bundle, { trust }))).toEqual(['KEY_FOREIGN']);
    const altered = structuredClone(bundle);
    const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64');
    payload[40] = (payload[40] ?? 0) ^ 1;
    altered.dsseEnvelope.payload = payload.toString('base64');
    expect(codes(await check(folder, altered))).toEqual(['SIGNATURE_MISMATCH']);
  });

  test('every flipped byte of payload and signature is noticed', async () => {
    const bundle = bundleOf(statementOf([GOOD]));
    const { payload } = bundle.dsseEnvelope;
    const sig = bundle.dsseEnvelope.signatures[0]?.sig ?? '';
    for (let i = 0; i < Buffer.from(payload, 'base64').length; i += 7)
      expect(codes(await check(folder, withBytes(bundle, flip(payload, i), sig)))).toEqual([
        'SIGNATURE_MISMATCH',
      ]);
    for (let i = 0; i < Buffer.from(sig, 'base64').length; i += 3)
      expect(codes(await check(folder, withBytes(bundle, payload, flip(sig, i))))).toEqual([
        'SIGNATURE_MISMATCH',
      ]);
  });

  test('a key of another curve is foreign, another kind of trust does not fit', async () => {
    const bundle = bundleOf(statementOf([GOOD]));
    const trust = { publicKey: newKey('P-521').publicPem };
    expect(codes(await check(folder, bundle, { trust }))).toEqual(['KEY_FOREIGN']);
    const policy = { trust: { identity: 'a@b.c', issuer: 'https://d' } };
    expect(codes(await check(folder, bundle, policy))).toEqual(['METHOD_MISMATCH']);
  });
});

function flip(base64: string, at: number): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes[at] = (bytes[at] ?? 0) ^ 0x20;
  return bytes.toString('base64');
}

function withBytes(bundle: ReturnType<typeof bundleOf>, payload: string, sig: string): object {
  return { ...bundle, dsseEnvelope: { ...bundle.dsseEnvelope, payload, signatures: [{ sig, keyid: '' }] } };
}

describe('bundles that are none', () => {
  const good = bundleOf(statementOf([GOOD]));
  const json = JSON.stringify(good);
  test.each<[string, object | string, string]>([
    ['no JSON', '{', 'BUNDLE_INVALID'],
    ['a list', '[]', 'BUNDLE_INVALID'],
    ['a key twice', json.replace('{', '{"mediaType":"x",'), 'BUNDLE_INVALID'],
    ['a deep nest', '['.repeat(100_000), 'BUNDLE_INVALID'],
    ['__proto__ for an envelope', json.replace('"dsseEnvelope"', '"__proto__"'), 'BUNDLE_INVALID'],
    ['another media type', { ...good, mediaType: 'application/json' }, 'BUNDLE_MEDIA_TYPE'],
    ['another payload type', json.replace('application/vnd.in-toto+json', 'text/plain'), 'PAYLOAD_TYPE'],
    ['no material', { ...good, verificationMaterial: {} }, 'BUNDLE_MATERIAL'],
    ['a key without a name', { ...good, verificationMaterial: { publicKey: {} } }, 'BUNDLE_MATERIAL'],
    [
      'two kinds of material',
      {
        ...good,
        verificationMaterial: { ...good.verificationMaterial, x509CertificateChain: { certificates: [] } },
      },
      'BUNDLE_MATERIAL',
    ],
    [
      'two signatures',
      { ...good, dsseEnvelope: { ...good.dsseEnvelope, signatures: [good.dsseEnvelope.signatures[0], {}] } },
      'BUNDLE_SIGNATURE_COUNT',
    ],
    [
      'no signature',
      { ...good, dsseEnvelope: { ...good.dsseEnvelope, signatures: [] } },
      'BUNDLE_SIGNATURE_COUNT',
    ],
    [
      'base64 with a space',
      { ...good, dsseEnvelope: { ...good.dsseEnvelope, payload: ` ${good.dsseEnvelope.payload}` } },
      'BUNDLE_INVALID',
    ],
  ])('%s', async (_, bundle, code) => {
    expect(codes(await check(folder, bundle))).toEqual([code]);
  });
});

describe('signed statements that contradict themselves', () => {
  const statement = statementOf([GOOD]);
  const shards = { method: 'shards', shard_size: 3 };
  const go = sha256('goo');
  const d = sha256('d');
  test.each<[string, object | string, string[]]>([
    ['another type', { ...statement, _type: 'x' }, ['STATEMENT_INVALID']],
    ['another predicate', { ...statement, predicateType: 'x' }, ['PREDICATE_TYPE']],
    [
      'two subjects',
      { ...statement, subject: [...statement.subject, ...statement.subject] },
      ['STATEMENT_INVALID'],
    ],
    ['a key twice', JSON.stringify(statement).replace('{', '{"predicate":{},'), ['STATEMENT_INVALID']],
    ['no file', statementOf([]), ['RESOURCES_EMPTY']],
    ['another method', statementOf([GOOD], { method: 'tar' }), ['STATEMENT_INVALID']],
    ['shards of no size', statementOf([GOOD], { method: 'shards' }), ['STATEMENT_INVALID']],
    ['files of a shard size', statementOf([GOOD], { shard_size: 3 }), ['STATEMENT_INVALID']],
    ['allow_symlinks as text', statementOf([GOOD], { allow_symlinks: 'false' }), ['STATEMENT_INVALID']],
    ['an unknown hash', statementOf([GOOD], { hash_type: 'md5' }), ['HASH_UNSUPPORTED']],
    ['BLAKE3', statementOf([GOOD], { hash_type: 'blake3' }, 'blake3'), ['HASH_UNSUPPORTED']],
    ['two hashes', statementOf([GOOD], {}, 'blake2b'), ['HASH_MISMATCH']],
    ['a short digest', statementOf([['good', 'abcd']]), ['DIGEST_INVALID']],
    [
      'another root digest',
      { ...statement, subject: [{ name: 'model', digest: { sha256: sha256('') } }] },
      ['ROOT_DIGEST_MISMATCH'],
    ],
    [
      'a path out of the folder',
      statementOf([['../good', sha256('good')]]),
      ['RESOURCE_PATH_UNSAFE ../good'],
    ],
    ['an absolute path', statementOf([['/good', sha256('good')]]), ['RESOURCE_PATH_UNSAFE /good']],
    ['a drive', statementOf([['C:\\good', sha256('good')]]), ['RESOURCE_PATH_UNSAFE C:\\good']],
    ['a crooked path', statementOf([['./good', sha256('good')]]), ['RESOURCE_PATH_UNSAFE ./good']],
    ['shards that end early', statementOf([['good:0:3', go]], shards), ['FILE_CHANGED good']],
    ['shards that start late', statementOf([['good:3:4', d]], shards), ['SHARD_LAYOUT good']],
    [
      'shards of another size',
      statementOf(
        [
          ['good:0:2', go],
          ['good:2:4', d],
        ],
        shards,
      ),
      ['SHARD_LAYOUT good'],
    ],
    ['a shard without a range', statementOf([['good', go]], shards), ['SHARD_LAYOUT good']],
    [
      'a shard twice',
      statementOf(
        [
          ['good:0:3', go],
          ['good:0:3', d],
        ],
        shards,
      ),
      ['RESOURCE_DUPLICATE good:0:3'],
    ],
    [
      'whole shards',
      statementOf(
        [
          ['good:0:3', go],
          ['good:3:4', d],
        ],
        shards,
      ),
      [],
    ],
  ])('%s', async (_, payload, expected) => {
    expect(codes(await check(folder, bundleOf(payload)))).toEqual(expected);
  });

  test('a shard size of one byte costs no more than the shards that were signed', async () => {
    const large = folderOf({ good: 'x'.repeat(2 ** 22) });
    const bundle = bundleOf(statementOf([['good:0:1', sha256('x')]], { method: 'shards', shard_size: 1 }));
    const start = performance.now();
    expect(codes(await check(large, bundle))).toEqual(['FILE_CHANGED good']);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('what cannot be signed or verified at all', () => {
  const usage = async (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'nothing thrown',
      (error) => (isAssayError(error) ? error.code : String(error)),
    );
  const key = { privateKey: KEY.privatePem };

  test.each<[string, () => Promise<unknown>, string]>([
    ['a folder with a link', async () => signModel(linked(), key), 'USAGE'],
    ['an empty folder', async () => signModel(folderOf({}), key), 'CANDIDATE_EMPTY'],
    ['no folder', async () => signModel(join(scratch(), 'no'), key), 'CANDIDATE_NOT_FOUND'],
    [
      'a path out of the folder left out',
      async () => signModel(folder, { ...key, ignorePaths: ['../x'] }),
      'USAGE',
    ],
    ['a pattern left out', async () => signModel(folder, { ...key, ignorePaths: ['*.bin'] }), 'USAGE'],
    ['with a public key', async () => signModel(folder, { privateKey: KEY.publicPem }), 'USAGE'],
    [
      'with secp256k1',
      async () => signModel(folder, { privateKey: newKey('secp256k1').privatePem }),
      'USAGE',
    ],
    ['without a signature', async () => verify(folder), 'USAGE'],
    ['with no key', async () => verify(folder, { trust: { publicKey: 'x' } }), 'USAGE'],
    ['with no certificate', async () => verify(folder, { trust: { authorities: KEY.publicPem } }), 'USAGE'],
  ])('%s', async (_, work, code) => {
    expect(await usage(work())).toBe(code);
  });
});

function linked(): string {
  const at = folderOf({ good: 'good' });
  symlinkSync('good', join(at, 'link'));
  return at;
}
