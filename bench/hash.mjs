import { execFile, spawnSync } from 'node:child_process';
import { createHash, randomFillSync } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, readSync, rmSync, statSync, writeSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { openDelivery } from '../dist/esm/io/files.js';
import { digestFiles } from '../dist/esm/io/hash/digest-files.js';
import { alternate, ratioOf } from './lib/alternate.mjs';

const MB = 1e6;
/** A sharded model and what lies beside it, 2.2 GB. */
const SIZES = [620, 410, 410, 290, 180, 120, 80, 45, 20, 11, 7, 3, 2, 1, 0.5, 0.1, 0.01].map((mb) => mb * MB);
const BLOCK = 2 ** 20;
const TOOLS = { 'openssl dgst -sha256': 'openssl dgst -sha256 -r', sha256sum: 'sha256sum' };
/** Resident set an audit may take, however large the delivery. */
const ALLOWED_MB = 200;
/** Files changed more recently are not remembered. */
const SETTLED_MS = 2500;

const run = promisify(execFile);
const peak = fileURLToPath(new URL('./lib/hash-peak.mjs', import.meta.url));

/**
 * Digests of a delivery, in the page cache: throughput of the library ÷ that of one thread of node:crypto times the
 * cores, and ÷ that of native tools on all cores (largest file first, as ours, one process a file); time of a second
 * run with nothing changed ÷ that of the first; peak memory.
 */
export async function hash({ rounds, temp, report }) {
  const folder = join(temp, 'delivery');
  const total = writeRandom(folder);
  const cores = availableParallelism();
  const delivery = await openDelivery(folder);
  // Read once, so that every round finds the files in the page cache.
  const truth = oneThread(folder);
  const ours = throughput(total, async () => same(truth, await digests(delivery)));
  const single = throughput(total, async () => same(truth, oneThread(folder)));
  const spent = [[], []];
  const ideal = await alternate(
    metered(spent[0], async () => cores * (await single())),
    metered(spent[1], ours),
    { rounds, warmUp: 0 },
  );
  const ratios = { ...ratioOf(ideal), note: fastest(ideal) };
  report({ bench: 'hash', case: `÷ ${cores} × one thread of node:crypto`, unit: 'MB/s', ...ratios });
  // On a crowded machine the sounder figure: with no core idle, throughput is its inverse.
  const time = ratioOf(spent[0].map((ms, round) => [ms, spent[1][round]]));
  report({ bench: 'hash', case: 'processor time ÷ that of one thread', unit: 'ms', ...time });
  for (const [name, command] of Object.entries(TOOLS)) {
    if (spawnSync('sh', ['-c', `echo | ${command} && echo | xargs -0 -P 2 true`]).status !== 0) {
      report({ bench: 'hash', case: `÷ ${name}`, skipped: `${name} or xargs does not run here` });
      continue;
    }
    const native = throughput(total, async () => same(truth, await digestsOf(command, folder, cores)));
    const pairs = await alternate(native, ours, { rounds });
    report({
      bench: 'hash',
      case: `÷ ${name}, ${cores} processes`,
      unit: 'MB/s',
      ...ratioOf(pairs),
      note: fastest(pairs),
    });
  }
  await secondRun({ delivery, cacheDir: join(temp, 'cache'), rounds, report });
  memory(folder, `${(total / 1e9).toFixed(1)} GB`, report);
  rmSync(folder, { recursive: true });
}

async function secondRun({ delivery, cacheDir, rounds, report }) {
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  const pairs = [];
  for (let round = 0; round < rounds; round++) {
    rmSync(cacheDir, { recursive: true, force: true });
    const timed = async () => {
      const started = performance.now();
      await digests(await openDelivery(delivery.root), cacheDir);
      return performance.now() - started;
    };
    pairs.push([await timed(), await timed()]);
  }
  const { ratio, low, high, ...times } = ratioOf(pairs);
  const percent = { ratio: 100 * ratio, low: 100 * low, high: 100 * high };
  report({ bench: 'hash', case: 'second run, per cent of the first', unit: 'ms', ...times, ...percent });
}

function memory(folder, what, report) {
  const { stdout } = spawnSync(process.execPath, [peak, folder], { encoding: 'utf8' });
  const used = Number(stdout);
  const ratio = used / ALLOWED_MB;
  report({
    bench: 'hash',
    case: `peak resident set, ${what}`,
    unit: 'MB',
    rounds: 1,
    ratio,
    low: ratio,
    high: ratio,
    first: ALLOWED_MB,
    second: used,
  });
}

async function digests(delivery, cacheDir) {
  const files = await digestFiles(delivery, delivery.files, { cacheDir });
  return new Map(files.map(({ path, sha256 }) => [path, sha256]));
}

function oneThread(folder) {
  const buffer = Buffer.allocUnsafeSlow(BLOCK);
  const digest = (path) => {
    const hash = createHash('sha256');
    const file = openSync(join(folder, path));
    for (let count = 1; count > 0; ) {
      count = readSync(file, buffer, 0, BLOCK, null);
      hash.update(buffer.subarray(0, count));
    }
    closeSync(file);
    return hash.digest('hex');
  };
  return new Map(readdirSync(folder).map((path) => [path, digest(path)]));
}

async function digestsOf(command, folder, cores) {
  const largestFirst = readdirSync(folder).sort((a, b) => sizeOf(folder, b) - sizeOf(folder, a));
  const line = `printf '%s\\0' ${largestFirst.join(' ')} | xargs -0 -n 1 -P ${cores} ${command}`;
  const { stdout } = await run('sh', ['-c', line], { cwd: folder });
  const rows = stdout.trim().split('\n');
  return new Map(rows.map((row) => [row.slice(66), row.slice(0, 64)]));
}

const sizeOf = (folder, path) => statSync(join(folder, path)).size;

function same(truth, found) {
  const other = [...truth].find(([path, digest]) => found.get(path) !== digest);
  if (other || found.size !== truth.size)
    throw new Error(`The digests of ${other?.[0] ?? 'the files'} differ.`);
}

const throughput = (bytes, work) => async () => {
  const started = performance.now();
  await work();
  return bytes / 1e3 / (performance.now() - started);
};

/** Other load can only slow a round down: the best of each side come nearest to an idle machine. */
const fastest = (pairs) => {
  const best = (side) => Math.max(...pairs.map((pair) => pair[side]));
  return `fastest rounds ${(best(1) / best(0)).toFixed(2)}`;
};

/** Note the processor time of all threads, ms. */
const metered = (times, work) => async () => {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  times.push((user + system) / 1e3);
  return result;
};

/** Names in another order than sizes, so that no listing is a schedule by chance. */
function writeRandom(folder) {
  mkdirSync(folder);
  const block = Buffer.allocUnsafe(16 * BLOCK);
  for (const [index, size] of SIZES.entries()) {
    const file = openSync(join(folder, `${(index * 7) % SIZES.length}.bin`), 'w');
    for (let left = size; left > 0; left -= block.length)
      writeSync(file, randomFillSync(block), 0, Math.min(left, block.length));
    closeSync(file);
  }
  return SIZES.reduce((sum, size) => sum + size, 0);
}
