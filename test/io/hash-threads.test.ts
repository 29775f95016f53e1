import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

// sha256sum (GNU coreutils 9.1) of 64 MiB of zeros.
const ZEROS = '3b6a07d0d404fab4e23b6d34bc6696a6a312dd92821332385e5af7c01c421351';
const folder = mkdtempSync(join(tmpdir(), 'assay-threads-'));
const built = (path: string): string => join(import.meta.dirname, '../../dist', path);

beforeAll(() => {
  for (let i = 0; i < 8; i++) {
    writeFileSync(join(folder, `${i}.bin`), '');
    truncateSync(join(folder, `${i}.bin`), 64 * 2 ** 20);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Hash the folder on a pretended machine of three cores, where threads do `what` as they start. */
function hashed(build: 'esm' | 'cjs', what = ''): { started: number; reported: number; digests: string[] } {
  const load = (path: string): string =>
    build === 'esm'
      ? `await import(${JSON.stringify(pathToFileURL(built(`esm/io/${path}`)).href)})`
      : `require(${JSON.stringify(built(`cjs/io/${path}`))})`;
  const script = `
    const os = require('node:os'), threads = require('node:worker_threads');
    let started = 0, reported = 0;
    os.availableParallelism = () => 3;
    threads.Worker = class extends threads.Worker {
      constructor(...args) {
        ${what}
        super(...args);
        started++;
        this.on('message', () => reported++);
      }
    };
    require('node:module').syncBuiltinESMExports();
    (async () => {
      const { openDelivery } = ${load('files.js')};
      const { digestFiles } = ${load('hash/digest-files.js')};
      const delivery = await openDelivery(${JSON.stringify(folder)});
      const files = await digestFiles(delivery, delivery.files);
      console.log(JSON.stringify({ started, reported, digests: files.map(({ sha256 }) => sha256) }));
    })();`;
  const output = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  return JSON.parse(output) as ReturnType<typeof hashed>;
}

test.each(['esm', 'cjs'] as const)('the %s build finds its threads, and they share the work', (build) => {
  const { started, reported, digests } = hashed(build);
  expect(started).toBe(2);
  expect(reported).toBeGreaterThan(0);
  expect(digests).toEqual(Array.from({ length: 8 }, () => ZEROS));
});

test.each([
  ['cannot be started', `throw new Error('not allowed');`, 0],
  ['end as they start', `args[0] = 'process.exit(1)'; args[1] = { eval: true };`, 2],
  [
    'take a file and die',
    `args[0] = "const { board } = require('node:worker_threads').workerData; Atomics.add(board.counters, 0, 1); process.exit(1)"; args[1] = { ...args[1], eval: true };`,
    2,
  ],
])('threads that %s leave their files to this one', (_, what, started) => {
  expect(hashed('esm', what)).toEqual({
    started,
    reported: 0,
    digests: Array.from({ length: 8 }, () => ZEROS),
  });
});
