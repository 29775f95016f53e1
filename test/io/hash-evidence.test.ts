import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { FilesEvidence } from '../../src/core/types.js';
import weightsDigest from '../../src/fingerprint/signals/weights-digest.js';
import { parseChecksums } from '../../src/formats/checksums.js';
import { openDelivery } from '../../src/io/files.js';
import { type FilesOptions, filesCapability } from '../../src/sources/files-capability.js';

const scratch = mkdtempSync(join(tmpdir(), 'assay-evidence-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let folders = 0;

const WEIGHTS = randomBytes(2 ** 20);
const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');
const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${sha256(WEIGHTS)}\nsize ${WEIGHTS.length}\n`;

function folder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const path = join(scratch, String(folders++));
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return path;
}

async function evidence(
  path: string,
  options: FilesOptions = {},
  weights: readonly string[] = ['model.gguf'],
): Promise<FilesEvidence> {
  return filesCapability(await openDelivery(path), async () => weights, options).digest({});
}

const listOf = (lines: Readonly<Record<string, string>>) =>
  parseChecksums(
    Buffer.from(
      Object.entries(lines)
        .map(([path, digest]) => `${digest}  ${path}\n`)
        .join(''),
    ),
    'list',
  );

describe('files that are not read', () => {
  test('have sizes and no digests, neither each nor together', async () => {
    const path = folder({ 'model.gguf': WEIGHTS, 'config.json': '{}' });
    expect(await evidence(path, { hash: false })).toEqual({
      files: [
        { path: 'config.json', bytes: 2, sha256: null },
        { path: 'model.gguf', bytes: 2 ** 20, sha256: null },
      ],
      digest: null,
      weights: ['model.gguf'],
      weightsDigest: null,
    });
  });

  test('match no reference', async () => {
    const path = folder({ 'model.gguf': WEIGHTS });
    const files = await evidence(path, { hash: false });
    expect(score(files, [(await evidence(path)).weightsDigest as string])).toMatchObject({
      status: 'skipped',
      reason: expect.stringContaining('not read'),
    });
  });
});

describe('remembered digests', () => {
  test('are marked, and change nothing else', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10_000 });
    const path = folder({ 'model.gguf': WEIGHTS, 'config.json': '{}' });
    const cacheDir = join(scratch, 'cache');
    const first = await evidence(path, { cacheDir });
    const second = await evidence(path, { cacheDir });
    vi.useRealTimers();
    expect(first.files.some((file) => 'cached' in file)).toBe(false);
    expect(second.files.filter(({ cached }) => cached).map((file) => file.path)).toEqual(['model.gguf']);
    expect([second.digest, second.weightsDigest]).toEqual([first.digest, first.weightsDigest]);
    const digests = [first.weightsDigest as string];
    expect(score(first, digests)).toMatchObject({ status: 'scored', details: { length: 1 } });
    expect(score(second, digests)).toMatchObject({
      status: 'scored',
      details: [{}, { value: '1 of 1; unchanged since an earlier run hashed them' }],
    });
  });
});

describe('a Git-LFS pointer', () => {
  test('is reported with what it stands for', async () => {
    const { files } = await evidence(
      folder({ 'model.gguf': POINTER, 'near.txt': `${POINTER}x`, 'config.json': '{}' }),
    );
    expect(files.find(({ path }) => path === 'model.gguf')).toEqual({
      path: 'model.gguf',
      bytes: POINTER.length,
      sha256: sha256(POINTER),
      pointer: { sha256: sha256(WEIGHTS), bytes: 2 ** 20 },
    });
    expect(files.filter((file) => file.pointer)).toHaveLength(1);
  });

  test('never has the digest of the weights', async () => {
    const genuine = await evidence(folder({ 'model.gguf': WEIGHTS }));
    const pointer = await evidence(folder({ 'model.gguf': POINTER }));
    expect(pointer.weightsDigest).not.toBe(genuine.weightsDigest);
  });

  test('counts as not fetched where the list names the same file', async () => {
    const path = folder({ 'model.gguf': POINTER });
    const { manifest } = await evidence(path, { manifest: listOf({ 'model.gguf': sha256(WEIGHTS) }) });
    expect(manifest?.changed).toMatchObject([{ path: 'model.gguf', pointer: true }]);
    const other = await evidence(path, { manifest: listOf({ 'model.gguf': sha256('x') }) });
    expect(other.manifest?.changed[0]).not.toHaveProperty('pointer');
  });
});

describe('a list of the publisher', () => {
  const files = { 'model.gguf': WEIGHTS, 'config.json': '{}', 'extra.txt': 'x' };

  test('equal, changed, missing and extra', async () => {
    const manifest = listOf({
      'model.gguf': sha256(WEIGHTS),
      'config.json': sha256('{ }'),
      'tokenizer.json': sha256(''),
    });
    expect((await evidence(folder(files), { manifest })).manifest).toEqual({
      checked: 2,
      changed: [
        {
          path: 'config.json',
          expected: { sha256: sha256('{ }'), bytes: null },
          found: { sha256: sha256('{}'), bytes: 2 },
        },
      ],
      missing: ['tokenizer.json'],
      extra: ['extra.txt'],
      unchecked: [],
    });
  });

  test('without digests compares sizes, and says that it did no more', async () => {
    const tree = [
      { type: 'file', path: 'config.json', size: 2 },
      { type: 'file', path: 'extra.txt', size: 2 },
      { type: 'file', path: 'model.gguf', size: 2 ** 20, lfs: { oid: sha256(WEIGHTS) } },
    ];
    const manifest = parseChecksums(Buffer.from(JSON.stringify(tree)), 'tree');
    expect((await evidence(folder(files), { manifest })).manifest).toMatchObject({
      checked: 1,
      changed: [{ path: 'extra.txt', expected: { sha256: null, bytes: 2 }, found: { bytes: 1 } }],
      unchecked: ['config.json'],
    });
    expect((await evidence(folder(files), { manifest, hash: false })).manifest).toMatchObject({
      checked: 0,
      changed: [{ path: 'extra.txt' }],
      unchecked: ['config.json', 'model.gguf'],
    });
  });

  test('calls nothing missing where one file was given', async () => {
    const manifest = listOf({ 'model.gguf': sha256(WEIGHTS), 'tokenizer.json': sha256('') });
    const found = await evidence(join(folder(files), 'model.gguf'), { manifest });
    expect(found.manifest).toEqual({ checked: 1, changed: [], missing: [], extra: [], unchecked: [] });
  });
});

function score(files: FilesEvidence, digests: readonly string[]) {
  const variant = { id: 'full', kind: 'full', digests };
  const input = { candidate: { files }, variants: [variant], strangers: [] };
  return weightsDigest.score(input as unknown as Parameters<typeof weightsDigest.score>[0]);
}
