import type { GraphBuilder } from '../formats/onnx/builder.js';
import type { Attachment } from './site.js';

/**
 * Columns of a site's output, one row per head and query:
 * entropy (nats), largest weight, weight of the first key, Σ weight · key position, Σ weight, visible keys (0 where
 * they follow from the operator).
 */
export const COLUMNS = 6;

/**
 * Scores further below the largest one of their row are masks: exporters write −10,000 and less, and a softmax
 * makes zero of anything below −104.
 */
const MASK_GAP = -9000;
/** Keeps 0 · −∞ out of sums. Weights this far down are zero. */
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
  ];
  const table = builder.node('Concat', columns, { attributes: { axis: -1 } });
  return { table, products: options.similarity ? write.products(weights) : null };
}

/** Reductions along the last axis; every result keeps it with size 1. */
class Statistics {
  constructor(
    private readonly b: GraphBuilder,
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
   * log Z − Σ w·s, with log Z = max s − log max w. One multiplication per weight; a logarithm of every weight takes
   * ONNX Runtime five times as long.
   */
  entropyFrom(scores: string, weights: string, top: string): string {
    const { b } = this;
    const finite = b.node('Clip', [scores, b.float(LOWEST)]);
    const mean = this.sum(b.node('Mul', [weights, finite]));
    const partition = b.node('Sub', [this.max(scores), b.node('Log', [top])]);
    return b.node('Sub', [partition, mean]);
  }

  /** Σ w·k and Σ w as one product with a [keys, 2] matrix. */
  positions(weights: string): string {
    const { b } = this;
    const keys = b.node('Gather', [b.node('Shape', [weights]), b.integer(-1)], { attributes: { axis: 0 } });
    const range = b.node('Range', [b.integer(0), keys, b.integer(1)]);
    const column = b.node('Reshape', [this.float(range), b.integers(-1, 1)]);
    const ones = b.node('Add', [b.node('Mul', [column, b.float(0)]), b.float(1)]);
    return b.node('MatMul', [weights, b.node('Concat', [column, ones], { attributes: { axis: -1 } })]);
  }

  /** Visible keys of each query: of the first head, since heads share their mask. */
  visible(site: Attachment, scores: string | undefined, weights: string): string {
    const { b } = this;
    const shape = b.node('Shape', [this.first(weights)]);
    if (typeof site.visible === 'object') return b.node('Expand', [b.float(0), shape]);
    let seen: string;
    if (site.visible === 'positive' || scores === undefined) {
      seen = b.node('Greater', [this.pick(weights, -3, 0), b.float(0)]);
    } else {
      const head = this.pick(scores, -3, 0);
      seen = b.node('Greater', [head, b.node('Add', [this.max(head), b.float(MASK_GAP)])]);
    }
    return b.node('Expand', [this.sum(this.float(seen)), shape]);
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
