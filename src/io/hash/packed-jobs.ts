import type { HashJob } from './hash-file.js';

/** Jobs in memory that threads share: 10,000 of them cost each thread 3 MB as objects. */
export interface PackedJobs {
  /** UTF-8 of all paths, one after the other. */
  readonly paths: Uint8Array<SharedArrayBuffer>;
  /** Where each path ends. */
  readonly ends: Uint32Array<SharedArrayBuffer>;
  /** Five numbers a job, in the order of a state's fields. */
  readonly states: BigInt64Array<SharedArrayBuffer>;
}

const FIELDS = 5;

export function packJobs(jobs: readonly HashJob[]): PackedJobs {
  const paths = jobs.map(({ real }) => Buffer.from(real));
  const packed = {
    paths: new Uint8Array(new SharedArrayBuffer(paths.reduce((sum, { length }) => sum + length, 0))),
    ends: new Uint32Array(new SharedArrayBuffer(4 * jobs.length)),
    states: new BigInt64Array(new SharedArrayBuffer(8 * FIELDS * jobs.length)),
  };
  let end = 0;
  for (const [index, { state }] of jobs.entries()) {
    const path = paths[index] as Buffer;
    packed.paths.set(path, end);
    end += path.length;
    packed.ends[index] = end;
    packed.states.set([state.dev, state.ino, state.size, state.mtimeNs, state.ctimeNs], FIELDS * index);
  }
  return packed;
}

/** One job, or undefined past the last. */
export function unpackJob({ paths, ends, states }: PackedJobs, index: number): HashJob | undefined {
  if (index >= ends.length) return undefined;
  const real = Buffer.from(paths.subarray(index === 0 ? 0 : ends[index - 1], ends[index])).toString();
  const field = (at: number): bigint => states[FIELDS * index + at] as bigint;
  return {
    real,
    state: { dev: field(0), ino: field(1), size: field(2), mtimeNs: field(3), ctimeNs: field(4) },
  };
}
