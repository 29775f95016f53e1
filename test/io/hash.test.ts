import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { openDelivery as openBuilt } from '../../dist/esm/io/files.js';
import { digestFiles as digestBuilt } from '../../dist/esm/io/hash/digest-files.js';
import { openDelivery } from '../../src/io/files.js';
import { digestFiles } from '../../src/io/hash/digest-files.js';
import { CHANGED, type HashOutcome } from '../../src/io/hash/hash-file.js';
import { hashFiles } from '../../src/io/hash/lanes.js';
import { listFiles } from '../../src/io/hash/listing.js';

const MIB = 2 ** 20;
const scratch = mkdtempSync(join(tmpdir(), 'assay-hash-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let folders = 0;

function folder(files: Readonly<Record<string, string | Uint8Array>> = {}): string {
  const path = join(scratch, String(folders++));
  mkdirSync(path);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content);
  return path;
}

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** What hashing says of each file of a folder that is changed after it was listed. */
async function outcomes(path: string, change: () => void): Promise<Record<string, HashOutcome>> {
  const delivery = await openDelivery(path);
  const listed = await listFiles(delivery, delivery.files);
  change();
  const found: Record<string, HashOutcome> = {};
  await hashFiles(listed, {
    onOutcome: ({ path: name }, outcome) => Object.assign(found, { [name]: outcome }),
  });
  return found;
}

describe('digests', () => {
  const installed = spawnSync('sha256sum', ['--version']).status === 0;
  const whySkipped = installed ? '' : ' (skipped: sha256sum is not installed)';

  test.skipIf(!installed)(`are those of sha256sum, with threads and without${whySkipped}`, async () => {
    const sizes = [0, 1, 63, 64, 65, MIB - 1, MIB, MIB + 1, 3 * MIB + 17, 90 * MIB, 70 * MIB + 1];
    const path = folder(Object.fromEntries(sizes.map((size) => [`${size}.bin`, randomBytes(size)])));
    const names = sizes.map((size) => `${size}.bin`);
    const truth = execFileSync('sha256sum', names, { cwd: path, encoding: 'utf8' });
    const listed = truth
      .trim()
      .split('\n')
      .map((line) => line.slice(0, 64));
    const here = await digestFiles(await openDelivery(path), names);
    const threaded = await digestBuilt(await openBuilt(path), names);
    expect(here.map(({ sha256: digest }) => digest)).toEqual(listed);
    expect(threaded).toEqual(here);
    expect(here.map(({ bytes }) => bytes)).toEqual(sizes);
  });

  test('of 10,000 small files', async () => {
    const contents = Array.from({ length: 10_000 }, (_, i) => `file ${i} ${'x'.repeat(i % 97)}`);
    const path = folder(Object.fromEntries(contents.map((content, i) => [`${i}.txt`, content])));
    const names = contents.map((_, i) => `${i}.txt`);
    const digests = await digestBuilt(await openBuilt(path), names);
    expect(digests.map(({ sha256: digest }) => digest)).toEqual(contents.map(sha256));
  });

  test('of a file under several paths: links are read once, hard links each', async () => {
    const content = randomBytes(3 * MIB);
    const path = folder({ 'a.bin': content });
    symlinkSync('a.bin', join(path, 'b.bin'));
    linkSync(join(path, 'a.bin'), join(path, 'c.bin'));
    const totals = new Set<number>();
    const digests = await digestFiles(await openDelivery(path), ['a.bin', 'b.bin', 'c.bin'], {
      onBytes: (_, total) => totals.add(total),
    });
    expect(new Set(digests.map(({ sha256: digest }) => digest))).toEqual(new Set([sha256(content)]));
    expect([...totals]).toEqual([6 * MIB]);
  });

  test('progress grows and ends at the total', async () => {
    const path = folder({ 'a.bin': randomBytes(40 * MIB), 'b.bin': randomBytes(30 * MIB) });
    const seen: number[] = [];
    await digestBuilt(await openBuilt(path), ['a.bin', 'b.bin'], { onBytes: (done) => seen.push(done) });
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(70 * MIB);
  });
});

describe('a file that is not the one that was listed', () => {
  test('grown, cut or written in place', async () => {
    const path = folder({ grown: 'abc', cut: 'abcdef', written: 'abc', left: 'abc' });
    const found = await outcomes(path, () => {
      appendFileSync(join(path, 'grown'), 'd');
    });
    expect(found.grown).toEqual({ fault: CHANGED });
    expect((await outcomes(path, () => truncateSync(join(path, 'cut'), 2))).cut).toEqual({ fault: CHANGED });
    const later = new Date(Date.now() + 5000);
    expect((await outcomes(path, () => utimesSync(join(path, 'written'), later, later))).written).toEqual({
      fault: CHANGED,
    });
  });

  test('replaced by another file, a link that leaves the folder, or a FIFO: nothing of it is read', async () => {
    const outside = join(folder({ secret: 'abc' }), 'secret');
    const replacements: readonly ((place: string) => void)[] = [
      (place) => writeFileSync(place, 'abc'),
      (place) => symlinkSync(outside, place),
      ...(process.platform === 'win32' ? [] : [(place: string) => void execFileSync('mkfifo', [place])]),
    ];
    for (const replace of replacements) {
      const path = folder({ model: 'abc', other: 'x' });
      const place = join(path, 'model');
      const found = await outcomes(path, () => {
        rmSync(place);
        // Keeps the file system from giving the freed inode to the replacement.
        writeFileSync(join(path, 'keeper'), '');
        replace(place);
      });
      expect(found.model).toEqual({ fault: CHANGED });
    }
  });

  test('is named in the error, with what to do', async () => {
    const path = folder({ 'a.bin': 'abc', 'b.bin': 'abc' });
    const delivery = await openDelivery(path);
    const locate = async (name: string): Promise<string> => {
      // By then the other file was listed.
      if (name === 'b.bin') await setTimeout(200).then(() => appendFileSync(join(path, 'a.bin'), 'd'));
      return delivery.locate(name);
    };
    await expect(digestFiles({ ...delivery, locate }, ['a.bin', 'b.bin'])).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: '"a.bin" changed while the delivery was read.',
      hint: expect.stringContaining('Wait until nothing writes'),
    });
  });

  test('an untouched file is not settled while its times are too fresh to show a change', async () => {
    const found = await outcomes(folder({ fresh: 'abc' }), () => undefined);
    expect(found.fresh).toEqual({ sha256: sha256('abc'), settled: false });
  });
});

describe('interruption', () => {
  test('before the start', async () => {
    const path = folder({ a: 'abc' });
    const reason = new Error('enough');
    await expect(
      digestFiles(await openDelivery(path), ['a'], { signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
  });

  test('while threads hash: they end and the reason is thrown', async () => {
    const path = folder();
    const names = Array.from({ length: 64 }, (_, i) => `${i}.bin`);
    for (const name of names) {
      writeFileSync(join(path, name), '');
      truncateSync(join(path, name), 64 * MIB);
    }
    const controller = new AbortController();
    const seen: number[] = [];
    const work = digestBuilt(await openBuilt(path), names, {
      signal: controller.signal,
      onBytes: (done) => {
        seen.push(done);
        controller.abort();
      },
    });
    await expect(work).rejects.toMatchObject({ name: 'AbortError' });
    expect(seen).toHaveLength(1);
    expect(seen[0]).toBeLessThan(names.length * 64 * MIB);
  });

  test('what a progress handler throws comes out', async () => {
    const path = folder({ a: 'abc' });
    const broken = new Error('no terminal');
    const work = digestFiles(await openDelivery(path), ['a'], {
      onBytes: () => {
        throw broken;
      },
    });
    await expect(work).rejects.toBe(broken);
  });
});
