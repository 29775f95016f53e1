import type { GraphBuilder } from '../formats/onnx/builder.js';
import type { Attachment } from './site.js';

/**
 * Columns of a site's output, one row per head and query:
 * entropy (nats), largest weight, weight of the first key, Σ weight · key position, Σ weight, visible keys (0 where
 * they follow from the operator), all keys, largest score (0 where scores are unknown).
 */
export const COLUMNS = 8;

/**
 * Scores further below the largest one of their row are masks: exporters write −10,000 and less, and a softmax
 * makes zero of anything below −104.
 */
export const MASK_GAP = -9000;
/** Keeps 0 · −∞ out of sums. Weights this far below the largest are zero. */
const LOWEST = -1e30;
/** Smallest normal float32: log(0 + TINY) is finite, and 0 times it is 0. */
const TINY = 1.1754943508222875e-38;
const FLOAT = 1;

export interface StatisticsOptions {
  readonly opset: number;
  /** Also give the inner products of the maps of every two heads. */
  readonly similarity: boolean;
  /** Value with the number of real queries and of real keys, where the rest of them is padding. */
  readonly queries?: string | undefined;
}

export interface StatisticsOutputs {
  /** [.., heads, queries, COLUMNS]. */
  readonly table: string;
  /** [heads, heads], when asked for. */
  readonly products: string | null;
}

/** Append the nodes that reduce one site's attention to numbers per head and query, in float32. */
export function appendStatistics(
  builder: GraphBuilder,
  site: Attachment,
  options: StatisticsOptions,
): StatisticsOutputs {
  const write = new Statistics(builder, options);
  const half = (site.elemType ?? FLOAT) !== FLOAT;
  const scores = site.scores === undefined ? undefined : write.real(site.scores);
  const weights =
    scores !== undefined && (half || site.probabilities === undefined)
      ? write.softmax(scores)
      : write.real(site.probabilities ?? '');
  const top = write.max(weights);
  const columns = [
    scores === undefined ? write.entropyOf(weights) : write.entropyFrom(scores, weights, top),
    top,
    write.first(weights),
    write.positions(weights),
    write.visible(site, scores, weights),
    write.keys(weights),
    scores === undefined ? write.like(weights, write.b.float(0)) : write.max(scores),
  ];
  const table = builder.node('Concat', columns, { attributes: { axis: -1 } });
  return { table, products: options.similarity ? write.products(weights) : null };
}

/** Reductions along the last axis; every result keeps it with size 1. */
class Statistics {
  constructor(
    readonly b: GraphBuilder,
    private readonly options: StatisticsOptions,
  ) {}

  /** The queries and keys that are tokens of the text, in float32. */
  real(value: string): string {
    const { queries } = this.options;
    const floats = this.float(value);
    if (queries === undefined) return floats;
    return this.b.node('Slice', [floats, this.b.integers(0, 0), queries, this.b.integers(-2, -1)]);
  }

  float(value: string): string {
    return this.b.node('Cast', [value], { attributes: { to: FLOAT } });
  }

  softmax(scores: string): string {
    return this.b.node('Softmax', [scores], { attributes: { axis: -1 } });
  }

  max(value: string): string {
    const keepdims = 1;
    return this.options.opset < 18
      ? this.b.node('ReduceMax', [value], { attributes: { axes: [-1], keepdims } })
      : this.b.node('ReduceMax', [value, this.b.integers(-1)], { attributes: { keepdims } });
  }

  sum(value: string): string {
    const keepdims = 1;
    return this.options.opset < 13
      ? this.b.node('ReduceSum', [value], { attributes: { axes: [-1], keepdims } })
      : this.b.node('ReduceSum', [value, this.b.integers(-1)], { attributes: { keepdims } });
  }

  /** Along any axis, keeping it. */
  pick(value: string, axis: number, at: number): string {
    return this.b.node('Gather', [value, this.b.integers(at)], { attributes: { axis } });
  }

  first(weights: string): string {
    return this.pick(weights, -1, 0);
  }

  /** −Σ w·log w where only the weights are known. */
  entropyOf(weights: string): string {
    const logs = this.b.node('Log', [this.b.node('Add', [weights, this.b.float(TINY)])]);
    return this.b.node('Neg', [this.sum(this.b.node('Mul', [weights, logs]))]);
  }

  /**
   * −log max w − Σ w·(s − max s). One multiplication per weight; a logarithm of every weight takes ONNX Runtime five
   * times as long. Scores are taken from their maximum, since sums of large ones would cancel to anything.
   */
  entropyFrom(scores: string, weights: string, top: string): string {
    const { b } = this;
    const below = b.node('Clip', [b.node('Sub', [scores, this.max(scores)]), b.float(LOWEST)]);
    const mean = this.sum(b.node('Mul', [weights, below]));
    return b.node('Neg', [b.node('Add', [b.node('Log', [top]), mean])]);
  }

  /** Σ w·k and Σ w as one product with a [keys, 2] matrix. */
  positions(weights: string): string {
    const { b } = this;
    const column = b.node('Reshape', [this.float(this.range(weights, -1)), b.integers(-1, 1)]);
    const ones = b.node('Add', [b.node('Mul', [column, b.float(0)]), b.float(1)]);
    return b.node('MatMul', [weights, b.node('Concat', [column, ones], { attributes: { axis: -1 } })]);
  }

  /** Visible keys of each query; heads may have masks of their own. */
  visible(site: Attachment, scores: string | undefined, weights: string): string {
    const { b } = this;
    if (typeof site.visible === 'object') {
      const { bias, window } = site.visible;
      return this.like(weights, bias === undefined ? b.float(0) : this.sum(this.unmasked(bias, window)));
    }
    if (site.visible === 'positive' || scores === undefined)
      return this.sum(this.float(b.node('Greater', [weights, b.float(0)])));
    const lowest = b.node('Add', [this.max(scores), b.float(MASK_GAP)]);
    return this.sum(this.float(b.node('Greater', [scores, lowest])));
  }

  /** Ones where a causal query sees a key that what is added to its score does not mask. */
  unmasked(bias: string, window: number): string {
    const { b } = this;
    const added = this.real(bias);
    const queries = b.node('Reshape', [this.range(added, -2), b.integers(-1, 1)]);
    const keys = b.node('Reshape', [this.range(added, -1), b.integers(1, -1)]);
    const past = b.node('Not', [b.node('Greater', [keys, queries])]);
    const oldest = b.node('Sub', [queries, b.integers(Number.isFinite(window) ? window : 2 ** 40)]);
    const near = b.node('And', [past, b.node('Greater', [keys, oldest])]);
    return this.float(b.node('And', [near, b.node('Greater', [added, b.float(MASK_GAP)])]));
  }

  /** How many keys there are, visible or not. */
  keys(weights: string): string {
    return this.like(weights, this.float(this.size(weights, -1)));
  }

  /** A value for each head and query. */
  like(weights: string, value: string): string {
    return this.b.node('Expand', [value, this.b.node('Shape', [this.first(weights)])]);
  }

  size(value: string, axis: number): string {
    const { b } = this;
    return b.node('Gather', [b.node('Shape', [value]), b.integer(axis)], { attributes: { axis: 0 } });
  }

  /** 0, 1, … along an axis. */
  range(value: string, axis: number): string {
    const { b } = this;
    return b.node('Range', [b.integer(0), this.size(value, axis), b.integer(1)]);
  }

  /** Inner products of the heads' maps. */
  products(weights: string): string {
    const { b } = this;
    const size = b.node('Gather', [b.node('Shape', [weights]), b.integers(-2, -1)], {
      attributes: { axis: 0 },
    });
    const cells = b.node('ReduceProd', [size], { attributes: { keepdims: 1 } });
    const maps = b.node('Reshape', [
      weights,
      b.node('Concat', [b.integers(-1), cells], { attributes: { axis: 0 } }),
    ]);
    const flipped = b.node('Transpose', [maps], { attributes: { perm: [1, 0] } });
    return b.node('MatMul', [maps, flipped]);
  }
}
