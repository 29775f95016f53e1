/** Counters that all hashing threads share; its memory is passed to each. */
export interface Board {
  readonly counters: Int32Array<SharedArrayBuffer>;
  readonly bytes: BigInt64Array<SharedArrayBuffer>;
}

const NEXT = 0;
const STOP = 1;
const BUSY = 2;

export function newBoard(): Board {
  return {
    counters: new Int32Array(new SharedArrayBuffer(12)),
    bytes: new BigInt64Array(new SharedArrayBuffer(8)),
  };
}

/** Index of the next job nobody has taken. */
export function takeJob({ counters }: Board): number {
  return Atomics.add(counters, NEXT, 1);
}

/** Start again with the first of a new list of jobs. */
export function rewind({ counters }: Board): void {
  Atomics.store(counters, NEXT, 0);
}

export function stopAll({ counters }: Board): void {
  Atomics.store(counters, STOP, 1);
}

export function stopped({ counters }: Board): boolean {
  return Atomics.load(counters, STOP) === 1;
}

export function addBusy({ counters }: Board, change: 1 | -1): void {
  Atomics.add(counters, BUSY, change);
}

export function busyThreads({ counters }: Board): number {
  return Atomics.load(counters, BUSY);
}

export function addBytes({ bytes }: Board, count: number): void {
  Atomics.add(bytes, 0, BigInt(count));
}

export function bytesDone({ bytes }: Board): number {
  return Number(Atomics.load(bytes, 0));
}
