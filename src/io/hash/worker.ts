import { parentPort, workerData } from 'node:worker_threads';
import { type Board, busyThreads } from './board.js';
import { drain } from './drain.js';
import { type HashOutcome, laneBuffers } from './hash-file.js';
import { type PackedJobs, unpackJob } from './packed-jobs.js';

/** What a hashing thread is started with. */
export interface WorkerTask {
  readonly jobs: PackedJobs;
  readonly board: Board;
  readonly cores: number;
}

/** What it sends for each file it has hashed. */
export interface WorkerReport {
  readonly index: number;
  readonly outcome: HashOutcome;
}

const { jobs, board, cores } = workerData as WorkerTask;
// With every core hashing, a hand-over of blocks between threads costs more than it overlaps.
const readsAhead = (): boolean => busyThreads(board) < cores;

const lane = { board, buffers: laneBuffers(), readsAhead };

void drain(
  (index) => unpackJob(jobs, index),
  lane,
  (index, outcome) => parentPort?.postMessage({ index, outcome } satisfies WorkerReport),
);
