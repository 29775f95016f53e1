// The loop of run.mjs, in a worker so that the main thread can see it hang.
import { parentPort, workerData } from 'node:worker_threads';
import { randomStream } from './random.mjs';

const { target, executions, seed, only, progress } = workerData;
const { seeds, mutations, run, repair } = await import(`./targets/${target}.mjs`);

// Collecting a stack costs more than most readings; --only shows it for a crash.
Error.stackTraceLimit = only === undefined ? 0 : 20;

const SLOW_MS = 1000;
const KEPT = 10;
/** Executions between two looks at memory. */
const SAMPLE = 4096;
const MAX_BYTES = 256 * 1024;

const outcomes = new Map();
const crashes = [];
const slow = [];
let slowest = { ms: 0, execution: -1 };
let peak = 0;

function input(execution) {
  const random = randomStream(seed, execution);
  let bytes = random.pick(seeds);
  const changes = 1 + random.below(4);
  for (let i = 0; i < changes; i++) bytes = random.pick(mutations)(bytes, random, random.pick(seeds));
  if (repair !== undefined && random.below(2) === 0) bytes = repair(bytes);
  return bytes.length > MAX_BYTES ? bytes.slice(0, MAX_BYTES) : bytes;
}

async function outcome(bytes, execution) {
  try {
    return await run(bytes);
  } catch (error) {
    if (error?.name === 'AssayError' && error.code !== 'INTERNAL') return error.fault ?? error.code;
    if (crashes.length < KEPT)
      crashes.push({ execution, error: String(error?.stack ?? error).slice(0, 500) });
    return 'crash';
  }
}

async function execute(execution) {
  const bytes = input(execution);
  const from = performance.now();
  const found = await outcome(bytes, execution);
  const ms = performance.now() - from;
  outcomes.set(found, (outcomes.get(found) ?? 0) + 1);
  if (ms > slowest.ms) slowest = { ms: Math.round(ms * 100) / 100, execution };
  if (ms > SLOW_MS && slow.length < KEPT) slow.push({ execution, ms: Math.round(ms) });
  if (execution % SAMPLE === 0) peak = Math.max(peak, process.memoryUsage.rss());
  Atomics.store(progress, 0, BigInt(execution));
  return found;
}

// The first executions load code and grow the heap to its working size; growth is counted from there.
const warm = Math.min(20_000, executions);
const started = performance.now();
let settled = 0;
if (only !== undefined) {
  console.log(JSON.stringify(Buffer.from(input(only)).toString('latin1')));
  await execute(only);
} else {
  for (let execution = 0; execution < executions; execution++) {
    if (execution === warm) settled = process.memoryUsage.rss();
    await execute(execution);
  }
}
const seconds = (performance.now() - started) / 1000;
const done = only === undefined ? executions : 1;
parentPort.postMessage({
  target,
  seed,
  executions: done,
  perSecond: Math.round(done / seconds),
  seconds: Math.round(seconds),
  faults: Object.fromEntries([...outcomes].sort(([, a], [, b]) => b - a)),
  slowest,
  slow,
  crashes,
  hangs: [],
  peakRssMiB: Math.round(peak / 2 ** 20),
  rssGrowthMiB: Math.max(0, Math.round((peak - settled) / 2 ** 20)),
});
