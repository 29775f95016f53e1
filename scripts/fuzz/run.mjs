// node scripts/fuzz/run.mjs --target safetensors --executions 100000 --seed 1 [--only N]
// Runs mutated inputs through a reader of the built package (npm run build) and prints one line of JSON.
// A target is scripts/fuzz/targets/<name>.mjs; it exports
//   seeds: Uint8Array[]                      valid inputs to start from
//   mutations: ((bytes, random, other) => Uint8Array)[]
//   run(bytes): 'read' | Promise<'read'>     throws an AssayError to refuse; anything else thrown is a crash
//   repair?(bytes): Uint8Array               makes a mutated input consistent again, tried on half of them
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';

const { values } = parseArgs({
  options: {
    target: { type: 'string' },
    executions: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});
if (!/^[a-z-]+$/.test(values.target ?? '')) throw new Error('Name a target: --target safetensors');

/** A reader that does nothing for this long is reported as hanging, and the process ends. */
const HANG_MS = 10_000;

const progress = new BigInt64Array(new SharedArrayBuffer(8));
const worker = new Worker(new URL('./loop.mjs', import.meta.url), {
  workerData: {
    target: values.target,
    executions: Number(values.executions),
    seed: Number(values.seed),
    only: values.only === undefined ? undefined : Number(values.only),
    progress,
  },
});
let last = -1n;
const watch = setInterval(() => {
  const now = Atomics.load(progress, 0);
  if (now === last) {
    console.log(JSON.stringify({ target: values.target, seed: Number(values.seed), hangs: [Number(now)] }));
    process.exit(1);
  }
  last = now;
}, HANG_MS);
worker.on('message', (result) => {
  clearInterval(watch);
  console.log(JSON.stringify(result));
  process.exitCode = result.crashes.length === 0 && result.slow.length === 0 ? 0 : 1;
});
worker.on('error', (error) => {
  clearInterval(watch);
  console.error(error);
  process.exitCode = 1;
});
