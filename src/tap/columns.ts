import type { Writer } from './writer.js';

/**
 * Columns of a site's table, one row per head and query: entropy (nats), largest weight, weight of the first key,
 * Σ weight · key position, Σ weight, keys whose score is no mask, keys with any weight. The last two are counted in
 * the first head, and 0 where what a query sees follows from the operator. Where something may change the weights
 * after the softmax, Σ changed weight · key position and Σ changed weight follow.
 */
export const COLUMNS = 7;

/**
 * Scores further below the largest one of their row are masks: exporters write −10,000 and less, and a softmax
 * makes zero of anything below −104.
 */
export const MASK_GAP = -9000;
/** Keeps 0 · −∞ out of sums. Weights this far down are zero. */
const LOWEST = -1e30;
/** Smallest normal float32: log(0 + TINY) is finite, and 0 times it is 0. */
const TINY = 1.1754943508222875e-38;
/** Weights below are those of keys that a mask of −70 and less hides; a softmax in float32 ends at 1e-45. */
const HIDDEN = 1e-30;

export interface Block {
  /** [.., heads, queries, keys]. */
  readonly scores: string | undefined;
  readonly weights: string;
  /** The same after what may have changed them. */
  readonly applied: string | undefined;
  /** [keys, 2]: positions and ones. */
  readonly positions: string;
  /** Masks are in the scores, rather than known. */
  readonly masked: boolean;
}

/** The rows of one block of queries, [.., heads, queries, COLUMNS]. */
export function blockColumns(w: Writer, block: Block): string {
  const { b } = w;
  const { scores, weights } = block;
  const top = w.max(weights);
  const columns = [
    scores === undefined ? entropyOf(w, weights) : entropyFrom(w, scores, weights, top),
    top,
    w.pick(weights, -1, 0),
    b.node('MatMul', [weights, block.positions]),
    ...visible(w, block).map((count) => b.node('Expand', [count, w.shape(top)])),
    ...(block.applied === undefined ? [] : [b.node('MatMul', [block.applied, block.positions])]),
  ];
  return b.node('Concat', columns, { attributes: { axis: -1 } });
}

/** −Σ w·log w where only the weights are known. */
function entropyOf(w: Writer, weights: string): string {
  const logs = w.b.node('Log', [w.plus(weights, w.b.float(TINY))]);
  return w.b.node('Neg', [w.sum(w.b.node('Mul', [weights, logs]))]);
}

/**
 * log Z − Σ w·s, with log Z = max s − log max w. One multiplication per weight; a logarithm of every weight takes
 * ONNX Runtime five times as long.
 */
function entropyFrom(w: Writer, scores: string, weights: string, top: string): string {
  const finite = w.b.node('Clip', [scores, w.b.float(LOWEST)]);
  const mean = w.sum(w.b.node('Mul', [weights, finite]));
  const partition = w.b.node('Sub', [w.max(scores), w.b.node('Log', [top])]);
  return w.b.node('Sub', [partition, mean]);
}

/** Heads share their mask, so one of them is counted. */
function visible(w: Writer, { scores, weights, masked }: Block): string[] {
  if (!masked) return [w.b.float(0), w.b.float(0)];
  const first = w.pick(weights, -3, 0);
  const attended = w.sum(w.float(w.b.node('Greater', [first, w.b.float(scores === undefined ? 0 : HIDDEN)])));
  if (scores === undefined) return [attended, attended];
  const head = w.pick(scores, -3, 0);
  const above = w.b.node('Greater', [head, w.plus(w.max(head), w.b.float(MASK_GAP))]);
  return [w.sum(w.float(above)), attended];
}
