import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openDelivery } from '../../src/io/files.js';
import { openDigestCache } from '../../src/io/hash/cache.js';
import { type DigestOptions, digestFiles, type HashedFile } from '../../src/io/hash/digest-files.js';
import { listFiles } from '../../src/io/hash/listing.js';

const MIB = 2 ** 20;
const scratch = mkdtempSync(join(tmpdir(), 'assay-cache-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let place = 0;
let delivery: string;
let cacheDir: string;
let store: string;

beforeEach(() => {
  delivery = join(scratch, `delivery-${place}`);
  cacheDir = join(scratch, `cache-${place++}`);
  store = join(cacheDir, 'digests');
  mkdirSync(delivery);
  // Files of a test are seconds old; the cache waits until a further change would show.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10_000 });
});
afterEach(() => vi.useRealTimers());

function put(name: string, content: Uint8Array | string): string {
  writeFileSync(join(delivery, name), content);
  return createHash('sha256').update(content).digest('hex');
}

async function digests(options: DigestOptions = {}): Promise<HashedFile[]> {
  const opened = await openDelivery(delivery);
  return digestFiles(opened, opened.files, { cacheDir, ...options });
}

const onlyFile = (): string => join(store, readdirSync(store)[0] ?? '');

describe('a second run', () => {
  test('reads nothing again, and says so', async () => {
    const a = put('a.bin', randomBytes(2 * MIB));
    const b = put('b.bin', randomBytes(MIB));
    expect((await digests()).map(({ cached }) => cached)).toEqual([false, false]);
    expect(await digests()).toEqual([
      { path: 'a.bin', bytes: 2 * MIB, sha256: a, cached: true },
      { path: 'b.bin', bytes: MIB, sha256: b, cached: true },
    ]);
  });

  test('hashes small files again, which is as fast', async () => {
    put('a.json', '{}');
    put('b.bin', randomBytes(MIB - 1));
    await digests();
    expect((await digests()).some(({ cached }) => cached)).toBe(false);
  });

  test('without a folder for it reads every file', async () => {
    put('a.bin', randomBytes(MIB));
    await digests();
    const opened = await openDelivery(delivery);
    expect((await digestFiles(opened, ['a.bin'])).map(({ cached }) => cached)).toEqual([false]);
  });

  test('knows a file of a hub cache under another revision', async () => {
    const home = join(delivery, 'models--acme--m');
    mkdirSync(join(home, 'blobs'), { recursive: true });
    writeFileSync(join(home, 'blobs', 'abc'), randomBytes(MIB));
    for (const revision of ['1', '2']) {
      mkdirSync(join(home, 'snapshots', revision), { recursive: true });
      symlinkSync('../../blobs/abc', join(home, 'snapshots', revision, 'model.gguf'));
    }
    delivery = join(home, 'snapshots', '1');
    await digests();
    delivery = join(home, 'snapshots', '2');
    expect((await digests()).map(({ cached }) => cached)).toEqual([true]);
  });
});

describe('a file that changed is hashed again', () => {
  const changes: Readonly<Record<string, (path: string) => void>> = {
    'appended to': (path) => appendFileSync(path, 'x'),
    'written in place, with its old time put back': (path) => {
      const { atime, mtime, size } = statSync(path);
      writeFileSync(path, randomBytes(size));
      utimesSync(path, atime, mtime);
    },
    'replaced by one of the same size and time': (path) => {
      const { atime, mtime, size } = statSync(path);
      writeFileSync(`${path}.new`, randomBytes(size));
      utimesSync(`${path}.new`, atime, mtime);
      renameSync(`${path}.new`, path);
    },
  };

  test.each(Object.entries(changes))('%s', async (_, change) => {
    put('a.bin', randomBytes(MIB));
    const path = join(delivery, 'a.bin');
    const old = new Date('2026-01-01T00:00:00Z');
    utimesSync(path, old, old);
    await digests();
    expect((await digests())[0]?.cached).toBe(true);
    change(path);
    const truth = createHash('sha256').update(readFileSync(path)).digest('hex');
    expect((await digests())[0]).toMatchObject({ sha256: truth, cached: false });
  });

  test('written within the last two seconds: not remembered, since a further write might not show', async () => {
    put('a.bin', randomBytes(MIB));
    vi.setSystemTime(statSync(join(delivery, 'a.bin')).ctimeMs + 1900);
    await digests();
    expect((await digests())[0]?.cached).toBe(false);
    vi.setSystemTime(statSync(join(delivery, 'a.bin')).ctimeMs + 2100);
    await digests();
    expect((await digests())[0]?.cached).toBe(true);
  });

  test('dated in the future: not remembered', async () => {
    put('a.bin', randomBytes(MIB));
    const ahead = new Date(Date.now() + 3_600_000);
    utimesSync(join(delivery, 'a.bin'), ahead, ahead);
    await digests();
    expect((await digests())[0]?.cached).toBe(false);
  });
});

describe('an interrupted run', () => {
  test('keeps what was finished', async () => {
    for (let i = 0; i < 32; i++) {
      put(`${i}.bin`, '');
      truncateSync(join(delivery, `${i}.bin`), 16 * MIB + i);
    }
    const controller = new AbortController();
    const onBytes = (done: number): void => {
      if (done > 64 * MIB) controller.abort();
    };
    await expect(digests({ signal: controller.signal, onBytes })).rejects.toMatchObject({
      name: 'AbortError',
    });
    const resumed = await digests();
    const cached = resumed.filter((file) => file.cached).length;
    expect(cached).toBeGreaterThan(0);
    expect(cached).toBeLessThan(32);
    const fresh = await digests({ cacheDir: undefined });
    expect(resumed.map(({ sha256 }) => sha256)).toEqual(fresh.map(({ sha256 }) => sha256));
  });

  test('also when it is killed', async () => {
    vi.useRealTimers();
    for (let i = 0; i < 64; i++) {
      put(`${i}.bin`, '');
      truncateSync(join(delivery, `${i}.bin`), 128 * MIB);
    }
    await setTimeout(2200);
    const built = (path: string): string =>
      pathToFileURL(join(import.meta.dirname, '../../dist/esm/io', path)).href;
    const script = `
      import { openDelivery } from '${built('files.js')}';
      import { digestFiles } from '${built('hash/digest-files.js')}';
      const delivery = await openDelivery(process.argv[1]);
      await digestFiles(delivery, delivery.files, { cacheDir: process.argv[2] });`;
    const args = ['--input-type=module', '-e', script, delivery, cacheDir];
    const child = spawn(process.execPath, args, { stdio: 'inherit' });
    const ended = new Promise((resolve) => child.on('exit', (_, signal) => resolve(signal)));
    while (
      child.exitCode === null &&
      !(existsSync(store) && readdirSync(store).some((name) => name.endsWith('.json')))
    )
      await setTimeout(20);
    child.kill('SIGKILL');
    expect(await ended).toBe('SIGKILL');
    const opened = await openDelivery(delivery);
    const cache = await openDigestCache(cacheDir, opened.home, () => undefined);
    const listed = await listFiles(opened, opened.files);
    const known = listed.map((file) => cache?.get(file)).filter((digest) => digest !== undefined);
    expect(known.length).toBeGreaterThan(0);
    expect(known.length).toBeLessThan(64);
    // sha256sum (GNU coreutils 9.1) of 128 MiB of zeros.
    expect(new Set(known)).toEqual(
      new Set(['254bcc3fc4f27172636df4bf32de9f107f620d559b20d760197e452b97453917']),
    );
  });
});

describe('a cache that cannot be trusted is not', () => {
  const warnings: string[] = [];
  const warn = (message: string): void => void warnings.push(message);
  beforeEach(() => warnings.splice(0));

  /** Remember a wrong digest as a thief would, then say what the next run believes. */
  async function believed(tamper: (file: string) => void): Promise<HashedFile | undefined> {
    put('a.bin', randomBytes(MIB));
    await digests();
    tamper(onlyFile());
    return (await digests({ warn }))[0];
  }

  const damage: Readonly<Record<string, (file: string) => void>> = {
    empty: (file) => truncateSync(file, 0),
    'cut short': (file) => truncateSync(file, statSync(file).size - 5),
    'of another kind': (file) => writeFileSync(file, randomBytes(500)),
    'with one digit changed': (file) =>
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace(
          /[0-9a-f]("\]\])$/,
          (last, end) => (last[0] === '0' ? '1' : '0') + end,
        ),
      ),
    'of strange entries': (file) => {
      const body = '[null,7,["a"],{"0":"a"},[1,2,3]]';
      writeFileSync(file, `digests/1 ${createHash('sha256').update(body).digest('hex')}\n${body}`);
    },
    'too large': (file) => truncateSync(file, 17 * MIB),
  };
  test.each(Object.entries(damage))('file %s', async (_, tamper) => {
    expect(await believed(tamper)).toMatchObject({ cached: false });
    expect((await digests())[0]?.cached).toBe(true);
  });

  const foreign: Readonly<Record<string, (file: string) => void>> = {
    'that others may write': (file) => chmodSync(file, 0o622),
    'that others may read': (file) => chmodSync(file, 0o644),
    'with a second name': (file) => linkSync(file, `${delivery}/../second-${place}`),
    'behind a link': (file) => {
      renameSync(file, `${delivery}/../moved-${place}`);
      symlinkSync(`${delivery}/../moved-${place}`, file);
    },
  };
  test.each(Object.entries(foreign))('file %s', async (_, tamper) => {
    expect(await believed(tamper)).toMatchObject({ cached: false });
    // It was replaced by a file of our own, and nothing was written through it.
    expect((await digests())[0]?.cached).toBe(true);
    expect(statSync(onlyFile()).mode & 0o777).toBe(0o600);
  });

  const isRoot = process.getuid?.() === 0;
  const whySkipped = isRoot ? '' : ' (skipped: only root can give files away)';
  test.skipIf(!isRoot)(`file or folder of another user${whySkipped}`, async () => {
    expect(await believed((file) => chownSync(file, 12_345, 12_345))).toMatchObject({ cached: false });
    expect(warnings).toEqual([]);
    chownSync(store, 12_345, 12_345);
    expect((await digests({ warn }))[0]?.cached).toBe(false);
    expect(warnings[0]).toContain('does not belong to this user alone');
  });

  test('folder that others may write, or that is none', async () => {
    expect(await believed(() => chmodSync(store, 0o777))).toMatchObject({ cached: false });
    expect(warnings[0]).toContain('does not belong to this user alone');
    rmSync(store, { recursive: true });
    symlinkSync(delivery, store);
    expect((await digests({ warn }))[0]?.cached).toBe(false);
    rmSync(store);
    writeFileSync(store, '');
    expect((await digests({ warn }))[0]?.cached).toBe(false);
    expect(warnings).toHaveLength(3);
    expect(readdirSync(delivery)).toEqual(['a.bin']);
  });

  test('rights are this user’s alone from the start', async () => {
    await believed(() => undefined);
    expect(statSync(store).mode & 0o777).toBe(0o700);
    expect(statSync(onlyFile()).mode & 0o777).toBe(0o600);
    expect(readdirSync(store)).toHaveLength(1);
  });
});

test('the least recently used files make room', async () => {
  put('a.bin', randomBytes(MIB));
  await digests();
  const kept = onlyFile();
  const old = new Date('2020-01-01T00:00:00Z');
  for (let i = 0; i < 300; i++) {
    const path = join(store, `${String(i).padStart(64, '0')}.json`);
    writeFileSync(path, 'x', { mode: 0o600 });
    utimesSync(path, old, new Date(old.getTime() + i * 1000));
  }
  put('b.bin', randomBytes(MIB));
  await digests();
  const left = readdirSync(store);
  expect(left).toHaveLength(256);
  expect(existsSync(kept)).toBe(true);
  expect(left).toContain(`${'299'.padStart(64, '0')}.json`);
  expect(left).not.toContain(`${'44'.padStart(64, '0')}.json`);
});
