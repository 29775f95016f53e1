import type { Writer } from './writer.js';

/** Columns of a site's table, one row per head and query. */
export const COLUMN = {
  /** Nats. */
  entropy: 0,
  largestWeight: 1,
  firstWeight: 2,
  /** Σ weight · key position. */
  position: 3,
  /** Σ weight. */
  mass: 4,
  /** Keys whose score is no mask; 0, like the next, where what a query sees follows from the operator. */
  visible: 5,
  /** Keys with any weight in the first head. */
  attended: 6,
  largestScore: 7,
  /** Position and mass of what multiplies the values, where that may be something else than the softmax output. */
  appliedPosition: 8,
  appliedMass: 9,
} as const;
/** Columns every table has, and those of a site whose weights may have been changed. */
export const COLUMNS = 8;
export const APPLIED_COLUMNS = 10;

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
  /** What a query sees has to be counted. */
  readonly counted: boolean;
  /** A mask in the scores may be infinite. */
  readonly infinite: boolean;
}

/** The rows of one block of queries, [.., heads, queries, COLUMNS]. */
export function blockColumns(w: Writer, block: Block): string {
  const { b } = w;
  const { scores, weights } = block;
  const top = w.max(weights);
  const like = (value: string): string => b.node('Expand', [value, w.shape(top)]);
  const zero = like(b.float(0));
  const largest = scores === undefined ? zero : w.max(scores);
  const columns = [
    scores === undefined ? entropyOf(w, weights) : entropyFrom(w, block, scores, top, largest),
    top,
    w.pick(weights, -1, 0),
    b.node('MatMul', [weights, block.positions]),
    ...(block.counted ? [visible(w, block, largest), like(attended(w, block))] : [zero, zero]),
    largest,
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
 * −log max w − Σ w·(s − max s). One multiplication per weight; a logarithm of every weight takes ONNX Runtime five
 * times as long. Scores are taken from their maximum, since sums of large ones would cancel to anything.
 */
function entropyFrom(w: Writer, block: Block, scores: string, top: string, largest: string): string {
  const { b } = w;
  const below = b.node('Sub', [scores, largest]);
  const finite = block.infinite ? b.node('Clip', [below, b.float(LOWEST)]) : below;
  const mean = w.sum(b.node('Mul', [block.weights, finite]));
  return b.node('Neg', [w.plus(b.node('Log', [top]), mean)]);
}

/** Keys whose score is no mask, of every head: heads may have masks of their own. */
function visible(w: Writer, { scores, weights }: Block, largest: string): string {
  const seen =
    scores === undefined
      ? w.b.node('Greater', [weights, w.b.float(0)])
      : w.b.node('Greater', [scores, w.plus(largest, w.b.float(MASK_GAP))]);
  return w.sum(w.float(seen));
}

/** Keys with any weight in the first head. */
function attended(w: Writer, { scores, weights }: Block): string {
  const least = w.b.float(scores === undefined ? 0 : HIDDEN);
  return w.sum(w.float(w.b.node('Greater', [w.pick(weights, -3, 0), least])));
}
