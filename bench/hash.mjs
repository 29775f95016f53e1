import { execFileSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { hashFile, openDelivery } from '../dist/esm/io/files.js';
import { alternate, ratioOf } from './lib/alternate.mjs';

const GIB = 2 ** 30;
const BLOCK = 2 ** 24;

/** Throughput of hashFile ÷ that of a native tool, on a cached file of 1 GiB. The tools pay their own start. */
export async function hash({ rounds, temp, report }) {
  const path = join(temp, 'weights.bin');
  writeRandom(path, GIB);
  const delivery = await openDelivery(path);
  const digests = new Set();
  const ours = async () => {
    const { sha256 } = await hashFile(delivery, 'weights.bin');
    digests.add(sha256);
  };
  const tools = { 'openssl dgst -sha256': ['openssl', 'dgst', '-sha256', '-r'], sha256sum: ['sha256sum'] };
  for (const [name, [program, ...args]] of Object.entries(tools)) {
    const native = async () => {
      const output = execFileSync(program, [...args, path], { encoding: 'utf8', stdio: 'pipe' });
      digests.add(output.slice(0, 64));
    };
    try {
      await native();
    } catch (error) {
      report({ bench: 'hash', case: name, skipped: `${program} does not run here (${error.code})` });
      continue;
    }
    const pairs = await alternate(throughput(native), throughput(ours), { rounds });
    report({ bench: 'hash', case: `÷ ${name}`, unit: 'MB/s', ...ratioOf(pairs) });
  }
  rmSync(path);
  if (digests.size !== 1) throw new Error(`Digests differ: ${[...digests].join(', ')}`);
}

const throughput = (work) => async () => {
  const started = performance.now();
  await work();
  return GIB / 1e3 / (performance.now() - started);
};

function writeRandom(path, size) {
  const block = randomFillSync(Buffer.allocUnsafe(BLOCK));
  const file = openSync(path, 'w');
  for (let written = 0; written < size; written += BLOCK) writeSync(file, block);
  closeSync(file);
}
