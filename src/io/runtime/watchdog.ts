import { Worker } from 'node:worker_threads';
import { MEMORY_NOTE } from './protocol.js';

/** How often the resident set is read: short enough that an allocation of 8 GB/s overshoots by under 0.5 GB. */
const PERIOD_MS = 50;

const SOURCE = `
const { workerData } = require('node:worker_threads');
const { writeSync } = require('node:fs');
const limit = new Float64Array(workerData.limit);
const orphaned = () => {
  if (process.platform !== 'win32') return process.ppid !== workerData.parent;
  try { process.kill(workerData.parent, 0); return false; } catch (error) { return error.code === 'ESRCH'; }
};
setInterval(() => {
  if (orphaned()) process.kill(process.pid, 'SIGKILL');
  const rss = process.memoryUsage.rss();
  if (rss > limit[0]) {
    writeSync(2, workerData.note + ': ' + Math.round(rss / 1048576) + ' MB of ' + Math.round(limit[0] / 1048576) + ' MB\\n');
    process.kill(process.pid, 'SIGKILL');
  }
}, workerData.period);
`;

/**
 * Kill this process when its resident set passes a ceiling or its parent is gone. It runs in a worker thread
 * because a native `run` blocks the main thread, and kills with SIGKILL because native code cannot be
 * interrupted.
 */
export function startWatchdog(parent: number): { setLimit(bytes: number): void } {
  const limit = new SharedArrayBuffer(8);
  const view = new Float64Array(limit);
  view[0] = Number.POSITIVE_INFINITY;
  const worker = new Worker(SOURCE, {
    eval: true,
    workerData: { limit, parent, note: MEMORY_NOTE, period: PERIOD_MS },
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 },
  });
  worker.unref();
  return {
    setLimit: (bytes) => {
      view[0] = bytes;
    },
  };
}
