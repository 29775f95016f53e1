import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { hashWorkerEntry } from '../paths.cjs';
import { type Board, bytesDone, newBoard, rewind, stopAll, stopped } from './board.js';
import { drain } from './drain.js';
import { type HashJob, type HashOutcome, laneBuffers } from './hash-file.js';
import { packJobs } from './packed-jobs.js';
import type { WorkerReport, WorkerTask } from './worker.js';

/** A thread takes 30 ms of a core to start, in which 50 MB are hashed. */
const BYTES_PER_THREAD = 64 * 2 ** 20;
/** A thread takes 11 MB of memory and hashes 1.6 GB/s, so that eight outrun a disk. */
const MAX_THREADS = 8;
/** Short-lived objects of a thread: a file leaves a kilobyte, and without a bound eight threads keep 50 MB of that. */
const LIMITS = { maxYoungGenerationSizeMb: 2 };
const PROGRESS_MS = 100;

export interface HashOptions<Job extends HashJob> {
  readonly signal?: AbortSignal | undefined;
  /** Bytes hashed so far, ten times a second. */
  readonly onBytes?: ((done: number) => void) | undefined;
  readonly onOutcome: (job: Job, outcome: HashOutcome) => void;
}

/**
 * Hash files on all cores, largest first, so that the last to finish are short: SHA-256 of one file is sequential.
 * This thread is one of the lanes; it reads without blocking. A fault ends it early. Throws the signal's reason, or
 * what `onBytes` threw.
 */
export async function hashFiles<Job extends HashJob>(
  files: readonly Job[],
  { signal, onBytes, onOutcome }: HashOptions<Job>,
): Promise<void> {
  const jobs = files.toSorted((a, b) => Number(b.state.size - a.state.size));
  const board = newBoard();
  const left = new Set(jobs);
  const settle = (job: Job | undefined, outcome: HashOutcome): void => {
    if ('fault' in outcome) stopAll(board);
    if (job && left.delete(job)) onOutcome(job, outcome);
  };
  const end = watch(board, signal, onBytes);
  try {
    await spread(jobs, board, settle);
    // A thread that could not start, or ended early, leaves its files to this one.
    rewind(board);
    if (left.size > 0 && !stopped(board)) await drainHere([...left], board, settle);
  } finally {
    end();
  }
}

type Settle<Job> = (job: Job | undefined, outcome: HashOutcome) => void;

async function spread<Job extends HashJob>(jobs: readonly Job[], board: Board, settle: Settle<Job>) {
  const cores = availableParallelism();
  const bytes = jobs.reduce((sum, { state }) => sum + Number(state.size), 0);
  const threads = Math.min(MAX_THREADS, cores, jobs.length, Math.ceil(bytes / BYTES_PER_THREAD));
  const task: WorkerTask = { jobs: packJobs(jobs), board, cores };
  const others = Array.from({ length: Math.max(0, threads - 1) }, () =>
    startWorker(task, (index, outcome) => settle(jobs[index], outcome)),
  );
  await Promise.all([drainHere(jobs, board, settle), ...others]);
}

function drainHere<Job extends HashJob>(
  jobs: readonly Job[],
  board: Board,
  settle: Settle<Job>,
): Promise<void> {
  // A blocking read would keep this thread from its caller's events, and from noticing an interruption.
  const lane = { board, buffers: laneBuffers(), readsAhead: () => true };
  return drain(
    (index) => jobs[index],
    lane,
    (index, outcome) => settle(jobs[index], outcome),
  );
}

/** Settled when the thread is gone, for whatever reason. */
function startWorker(
  workerData: WorkerTask,
  onOutcome: (index: number, outcome: HashOutcome) => void,
): Promise<void> {
  return new Promise<void>((resolve) => {
    const worker = new Worker(hashWorkerEntry, { workerData, env: {}, execArgv: [], resourceLimits: LIMITS });
    worker.on('message', ({ index, outcome }: WorkerReport) => onOutcome(index, outcome));
    worker.on('error', () => undefined).on('exit', () => resolve());
  }).catch(() => undefined);
}

/** Carry interruption to the lanes and progress to the caller; the returned function ends it and throws. */
function watch(
  board: Board,
  signal: AbortSignal | undefined,
  onBytes: ((done: number) => void) | undefined,
): () => void {
  let failure: { readonly cause: unknown } | undefined;
  const stop = (): void => stopAll(board);
  const tell = (): void => {
    try {
      onBytes?.(bytesDone(board));
    } catch (cause) {
      failure ??= { cause };
      stop();
    }
  };
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  const timer = setInterval(tell, PROGRESS_MS);
  return () => {
    clearInterval(timer);
    signal?.removeEventListener('abort', stop);
    signal?.throwIfAborted();
    tell();
    if (failure) throw failure.cause;
  };
}
