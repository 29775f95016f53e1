import type { GraphBuilder } from '../formats/onnx/builder.js';

const FLOAT = 1;
/** A score that makes the weight zero without making anything infinite. */
const HIDDEN_SCORE = -1e30;

export interface Opset {
  readonly opset: number;
}

interface MaskExtent {
  readonly from: string;
  readonly to: string;
  readonly limit: string;
  readonly window: number;
}

/** Small expressions over values of a graph, in the operator set it imports. Sizes are vectors of one int64. */
export class Writer {
  constructor(
    readonly b: GraphBuilder,
    private readonly options: Opset,
  ) {}

  float(value: string): string {
    return this.b.node('Cast', [value], { attributes: { to: FLOAT } });
  }

  plus(left: string, right: string): string {
    return this.b.node('Add', [left, right]);
  }

  quotient(left: string, right: string): string {
    return this.b.node('Div', [left, right]);
  }

  /** Min of integers, which operator set 11 does not have. */
  least(left: string, right: string): string {
    return this.b.node('Where', [this.b.node('Less', [left, right]), left, right]);
  }

  softmax(scores: string): string {
    return this.b.node('Softmax', [scores], { attributes: { axis: -1 } });
  }

  /** Along the last axis, which stays with size 1. */
  max(value: string): string {
    const keepdims = 1;
    return this.options.opset < 18
      ? this.b.node('ReduceMax', [value], { attributes: { axes: [-1], keepdims } })
      : this.b.node('ReduceMax', [value, this.b.integers(-1)], { attributes: { keepdims } });
  }

  /** Along the last axis, which stays with size 1. */
  sum(value: string): string {
    const keepdims = 1;
    return this.options.opset < 13
      ? this.b.node('ReduceSum', [value], { attributes: { axes: [-1], keepdims } })
      : this.b.node('ReduceSum', [value, this.b.integers(-1)], { attributes: { keepdims } });
  }

  reduceProduct(sizes: string): string {
    return this.b.node('ReduceProd', [sizes], { attributes: { keepdims: 1 } });
  }

  shape(value: string): string {
    return this.b.node('Shape', [value]);
  }

  /** One element of a vector, as a vector. */
  at(vector: string, position: number): string {
    return this.pick(vector, 0, position);
  }

  scalar(vector: string): string {
    return this.b.node('Gather', [vector, this.b.integer(0)], { attributes: { axis: 0 } });
  }

  /** One position along an axis, which stays. */
  pick(value: string, axis: number, position: number): string {
    return this.b.node('Gather', [value, this.b.integers(position)], { attributes: { axis } });
  }

  zeros(...dims: readonly string[]): string {
    return this.b.node('ConstantOfShape', [this.b.node('Concat', dims, { attributes: { axis: 0 } })]);
  }

  /** Queries from..to and keys before `limit`. */
  slice(value: string, from: string, to: string, limit: string): string {
    const { b } = this;
    const join = (parts: readonly string[]) => b.node('Concat', parts, { attributes: { axis: 0 } });
    const [starts, ends] = [join([from, b.integers(0)]), join([to, limit])];
    return b.node('Slice', [value, starts, ends, b.integers(-2, -1)]);
  }

  /** The first rows of a matrix. */
  rows(matrix: string, count: string): string {
    return this.b.node('Slice', [matrix, this.b.integers(0), count, this.b.integers(0)]);
  }

  /** [keys, 2]: the position of each key, and 1. */
  positions(keys: string): string {
    const { b } = this;
    const range = b.node('Range', [b.integer(0), this.scalar(keys), b.integer(1)]);
    const column = b.node('Reshape', [this.float(range), b.integers(-1, 1)]);
    const ones = this.plus(b.node('Mul', [column, b.float(0)]), b.float(1));
    return b.node('Concat', [column, ones], { attributes: { axis: -1 } });
  }

  /** Scores of queries from..to with the keys hidden that follow a query or are `window` or more before it. */
  causalMask(scores: string, { from, to, limit, window }: MaskExtent): string {
    const { b } = this;
    const range = (first: string, end: string) => b.node('Range', [first, this.scalar(end), b.integer(1)]);
    const query = b.node('Reshape', [range(this.scalar(from), to), b.integers(-1, 1)]);
    const key = b.node('Reshape', [range(b.integer(0), limit), b.integers(1, -1)]);
    const later = b.node('Greater', [key, query]);
    const hidden = Number.isFinite(window)
      ? b.node('Or', [later, b.node('Less', [key, this.plus(query, b.integers(1 - window))])])
      : later;
    return b.node('Where', [hidden, b.float(HIDDEN_SCORE), scores]);
  }

  /** [heads, heads]: inner products of the heads' parts of a block. */
  innerProducts(weights: string): string {
    const { b } = this;
    const size = b.node('Gather', [this.shape(weights), b.integers(-2, -1)], { attributes: { axis: 0 } });
    const cells = this.reduceProduct(size);
    const shape = b.node('Concat', [b.integers(-1), cells], { attributes: { axis: 0 } });
    const maps = b.node('Reshape', [weights, shape]);
    return b.node('MatMul', [maps, b.node('Transpose', [maps], { attributes: { perm: [1, 0] } })]);
  }
}
