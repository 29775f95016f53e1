import { findToken } from './table.js';
import type { Vocabulary } from './types.js';

/** Up to here a scan for the best pair after each merge is faster than a heap; beyond it would be quadratic. */
const SCANNED_BYTES = 96;
const NONE = 0x7fffffff;
/** A heap entry is rank × 2³² + place in one exact double: ranks are below 2²¹. */
const PLACES = 2 ** 32;

/**
 * Cut `bytes[from..to)` into tokens by merging the pair of lowest rank, the leftmost first, until none merges; and
 * report the end of each. Byte-pair encoding of Sennrich et al. 2016 over bytes, as tiktoken and Hugging Face do it.
 */
export function mergePiece(
  vocabulary: Vocabulary,
  bytes: Uint8Array,
  from: number,
  to: number,
  emit: (end: number) => void,
): void {
  if (to - from === 1 || isWhole(vocabulary, bytes, from, to)) emit(to);
  else if (to - from <= SCANNED_BYTES) scan(vocabulary, bytes, from, to, emit);
  else heap(vocabulary, bytes, from, to, emit);
}

function isWhole(vocabulary: Vocabulary, bytes: Uint8Array, from: number, to: number): boolean {
  if (vocabulary.header.merges === 'listed' || to - from > vocabulary.longest) return false;
  return findToken(vocabulary, bytes, from, to) >= 0;
}

/** Rank of joining [from, middle) and [middle, to); NONE where they do not merge. */
function rankOf(v: Vocabulary, bytes: Uint8Array, from: number, middle: number, to: number): number {
  if (to - from > v.longest) return NONE;
  const id = findToken(v, bytes, from, to);
  if (id < 0 || (v.lefts.length > 0 && v.lefts[id] !== middle - from)) return NONE;
  return id;
}

function scan(v: Vocabulary, bytes: Uint8Array, from: number, to: number, emit: (end: number) => void): void {
  const cuts: number[] = [];
  const ranks: number[] = [];
  for (let at = from; at <= to; at++) cuts.push(at);
  const rank = (at: number): number =>
    at + 2 < cuts.length
      ? rankOf(v, bytes, cuts[at] as number, cuts[at + 1] as number, cuts[at + 2] as number)
      : NONE;
  for (let at = 0; at + 1 < cuts.length; at++) ranks.push(rank(at));
  for (;;) {
    let best = 0;
    for (let at = 1; at < ranks.length; at++) if ((ranks[at] as number) < (ranks[best] as number)) best = at;
    if (ranks[best] === NONE) break;
    cuts.splice(best + 1, 1);
    ranks.splice(best + 1, 1);
    ranks[best] = rank(best);
    if (best > 0) ranks[best - 1] = rank(best - 1);
  }
  for (let at = 1; at < cuts.length; at++) emit(cuts[at] as number);
}

/** Parts as a linked list over byte places, candidates in a binary heap; outdated entries are dropped when met. */
function heap(v: Vocabulary, bytes: Uint8Array, from: number, to: number, emit: (end: number) => void): void {
  const length = to - from;
  const next = Int32Array.from({ length: length + 1 }, (_, at) => at + 1);
  const previous = Int32Array.from({ length: length + 1 }, (_, at) => at - 1);
  const ranks = new Int32Array(length + 1).fill(NONE);
  const queue = minHeap(length);
  const renew = (at: number): void => {
    const middle = next[at] as number;
    const end = middle < length ? (next[middle] as number) : 0;
    ranks[at] = middle < length ? rankOf(v, bytes, from + at, from + middle, from + end) : NONE;
    if (ranks[at] !== NONE) queue.push((ranks[at] as number) * PLACES + at);
  };
  for (let at = 0; at < length; at++) renew(at);
  for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
    const at = key % PLACES;
    if (ranks[at] !== Math.floor(key / PLACES)) continue;
    const gone = next[at] as number;
    next[at] = next[gone] as number;
    previous[next[at] as number] = at;
    ranks[gone] = NONE;
    renew(at);
    if (at > 0) renew(previous[at] as number);
  }
  for (let at = next[0] as number; at < length; at = next[at] as number) emit(from + at);
  emit(to);
}

interface MinHeap {
  push(key: number): void;
  pop(): number | undefined;
}

function minHeap(expected: number): MinHeap {
  let keys = new Float64Array(2 * expected);
  let size = 0;
  const push = (key: number): void => {
    if (size === keys.length) {
      const grown = new Float64Array(2 * size);
      grown.set(keys);
      keys = grown;
    }
    let at = size++;
    for (let up = (at - 1) >> 1; at > 0 && (keys[up] as number) > key; up = (at - 1) >> 1) {
      keys[at] = keys[up] as number;
      at = up;
    }
    keys[at] = key;
  };
  const pop = (): number | undefined => {
    if (size === 0) return undefined;
    const top = keys[0] as number;
    const key = keys[--size] as number;
    let at = 0;
    for (let down = 1; down < size; down = 2 * at + 1) {
      if (down + 1 < size && (keys[down + 1] as number) < (keys[down] as number)) down++;
      if ((keys[down] as number) >= key) break;
      keys[at] = keys[down] as number;
      at = down;
    }
    keys[at] = key;
    return top;
  };
  return { push, pop };
}
