import { seededRng } from '../../src/core/rng.js';
import {
  type EditableModel,
  type EditableNode,
  floatAttribute,
  integerAttribute,
  integersAttribute,
  nodeOf,
  parseFields,
  tensorOf,
} from './onnx-edit.js';
import { int, len } from './protobuf.js';

export const HEADS = 4;
export const SIZE = 8;
export const WIDTH = HEADS * SIZE;
export const VOCABULARY = 64;

/** Builds graphs of one or more small attention layers over `input_ids`, by hand. */
export class TinyModel {
  readonly model: EditableModel;
  #count = 0;
  readonly #random = seededRng(7);

  constructor(opset = 17) {
    const shape = len(2, len(1, int(1, 1)), len(1, len(2, 'sequence_length')));
    const input = len(11, len(1, 'input_ids'), len(2, len(1, int(1, 7), shape)));
    this.model = {
      irVersion: 9n,
      opsets: [
        { domain: '', version: BigInt(opset) },
        { domain: 'com.microsoft', version: 1n },
      ],
      graph: {
        nodes: [],
        initializers: [],
        outputs: [{ name: 'logits', fields: [] }],
        rest: parseFields(new Uint8Array([...len(2, 'tiny'), ...input])),
      },
      rest: [],
    };
  }

  /** Append a node; its first output. */
  node(
    op: string,
    inputs: readonly string[],
    options: Parameters<typeof nodeOf>[3] & { output?: string } = {},
  ): string {
    const output = options.output ?? `${op}_${this.#count++}`;
    this.model.graph.nodes.push(nodeOf(op, inputs, [output], options));
    return output;
  }

  floats(dims: readonly number[], value?: (i: number) => number): string {
    const size = dims.reduce((product, dim) => product * dim, 1);
    const data = Float32Array.from({ length: size }, (_, i) => value?.(i) ?? this.#random() * 2 - 1);
    return this.#initializer(dims, data);
  }

  integers(...values: readonly number[]): string {
    return this.#initializer([values.length], BigInt64Array.from(values, BigInt));
  }

  embed(): string {
    return this.node('Gather', [this.floats([VOCABULARY, WIDTH]), 'input_ids'], {
      attributes: [integerAttribute('axis', 0)],
    });
  }

  linear(value: string, width = WIDTH): string {
    return this.node('MatMul', [value, this.floats([WIDTH, width], () => (this.#random() * 2 - 1) / 2)]);
  }

  /** [1, heads, length, size], or [1, length, heads, size] where heads are not moved. */
  split(value: string, perm: readonly number[] | null = [0, 2, 1, 3]): string {
    const split = this.node('Reshape', [value, this.integers(0, 0, HEADS, SIZE)]);
    return perm === null ? split : this.transpose(split, perm);
  }

  transpose(value: string, perm: readonly number[]): string {
    return this.node('Transpose', [value], { attributes: [integersAttribute('perm', perm)] });
  }

  merge(value: string): string {
    return this.node('Reshape', [this.transpose(value, [0, 2, 1, 3]), this.integers(0, 0, WIDTH)]);
  }

  softmax(scores: string, axis = -1): string {
    return this.node('Softmax', [scores], { attributes: [integerAttribute('axis', axis)] });
  }

  scores(query: string, key: string): string {
    const product = this.node('MatMul', [query, this.transpose(key, [0, 1, 3, 2])]);
    return this.node('Mul', [product, this.floats([], () => 1 / Math.sqrt(SIZE))]);
  }

  /** A layer written out; `change` may put something between scores and softmax, `weigh` between softmax and values. */
  layer(
    value: string,
    change: (scores: string) => string = (scores) => scores,
    weigh: (weights: string) => string = (weights) => weights,
  ): string {
    const [query, key, values] = [0, 1, 2].map(() => this.split(this.linear(value))) as [
      string,
      string,
      string,
    ];
    const weights = weigh(this.softmax(change(this.scores(query, key))));
    return this.merge(this.node('MatMul', [weights, values]));
  }

  fused(
    op: string,
    domain: string,
    inputs: readonly string[],
    attributes: EditableNode['attributes'],
  ): string {
    return this.node(op, inputs, { domain, attributes });
  }

  logits(value: string): EditableModel {
    this.node('MatMul', [value, this.floats([WIDTH, VOCABULARY])], { output: 'logits' });
    return this.model;
  }

  #initializer(dims: readonly number[], data: Float32Array | BigInt64Array): string {
    const name = `constant_${this.#count++}`;
    this.model.graph.initializers.push(tensorOf(name, dims, data));
    return name;
  }
}

export const axis = (value: number) => [integerAttribute('axis', value)];
export const float = floatAttribute;
