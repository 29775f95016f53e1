import { bytesField, floatField, integerField, textField } from './encode.js';

const NODE = 1;
const FLOAT = 1;
const INT64 = 7;
/** AttributeProto.AttributeType. */
const ATTRIBUTE_TYPE = { float: 1, int: 2, graph: 5, ints: 7 } as const;

export type AttributeValue =
  | number
  | readonly number[]
  | { readonly float: number }
  | { readonly graph: GraphBuilder };

export interface NodeOptions {
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly domain?: string;
  /** Names of all outputs; one fresh name when absent. '' leaves an optional output out. */
  readonly outputs?: readonly string[];
}

/**
 * Collects encoded GraphProto fields to append to a graph. protobuf merges repeated fields, and ONNX Runtime takes
 * nodes in any order, so appended nodes may also feed earlier ones.
 */
export class GraphBuilder {
  /** Everything but nodes, then the sections of nodes. */
  readonly #fields: number[][] = [];
  readonly #sections: number[][][] = [[]];
  readonly #made = new Set<string>();
  readonly #used = new Set<string>();
  readonly #constants = new Map<string, string>();
  readonly #prefix: string;
  #count = 0;

  /** Fresh names start with `prefix`, which nothing in the graph may. */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Encoded fields of GraphProto, the last section of nodes first. */
  get bytes(): readonly number[] {
    return [...this.#fields, ...[...this.#sections].reverse().flat()].flat();
  }

  /**
   * Begin a section of nodes that no other section feeds. ONNX Runtime runs what nothing depends on from the last node
   * to the first, so sections that follow each other in the model must not follow each other in the file: their
   * inputs, all of them, would wait in memory until the first one ran.
   */
  section(): void {
    this.#sections.push([]);
  }

  /** Values of the surrounding graph that the appended nodes read. */
  get needs(): readonly string[] {
    return [...this.#used].filter((name) => !this.#made.has(name));
  }

  name(hint: string): string {
    return `${this.#prefix}${this.#count++}.${hint}`;
  }

  /** Append a node; its first output. */
  node(opType: string, inputs: readonly string[], options: NodeOptions = {}): string {
    const outputs = options.outputs ?? [this.name(opType)];
    for (const name of inputs) if (name !== '') this.#used.add(name);
    for (const value of Object.values(options.attributes ?? {}))
      if (typeof value === 'object' && 'graph' in value)
        for (const name of value.graph.needs) this.#used.add(name);
    for (const name of outputs) this.#made.add(name);
    this.#sections
      .at(-1)
      ?.push(
        bytesField(NODE, [
          ...inputs.flatMap((name) => textField(1, name)),
          ...outputs.flatMap((name) => textField(2, name)),
          ...textField(4, opType),
          ...Object.entries(options.attributes ?? {}).flatMap(([name, value]) =>
            bytesField(5, attribute(name, value)),
          ),
          ...(options.domain === undefined ? [] : textField(7, options.domain)),
        ]),
      );
    return outputs[0] as string;
  }

  /** A constant vector of int64. */
  integers(...values: readonly number[]): string {
    return this.#constant(`i${values}`, [
      ...integerField(1, values.length),
      ...integerField(2, INT64),
      ...bytesField(9, new Uint8Array(BigInt64Array.from(values, BigInt).buffer)),
    ]);
  }

  /** A constant int64 scalar. */
  integer(value: number): string {
    return this.#constant(`s${value}`, [
      ...integerField(2, INT64),
      ...bytesField(9, new Uint8Array(BigInt64Array.of(BigInt(value)).buffer)),
    ]);
  }

  /** A constant float scalar. */
  float(value: number): string {
    return this.#constant(`f${value}`, [
      ...integerField(2, FLOAT),
      ...bytesField(9, new Uint8Array(Float32Array.of(value).buffer)),
    ]);
  }

  /** Make a value an output of the graph. */
  output(name: string): void {
    this.#used.add(name);
    this.#field(12, textField(1, name));
  }

  /** Add an input, of int64 numbers unless told otherwise; null says nothing of its dimensions. */
  input(name: string, dims: readonly (number | string | null)[] | null, elemType: number = INT64): string {
    this.#made.add(name);
    const shape =
      dims === null
        ? []
        : bytesField(
            2,
            dims.flatMap((size) => bytesField(1, dimension(size))),
          );
    const tensor = [...integerField(1, elemType), ...shape];
    this.#field(11, [...textField(1, name), ...bytesField(2, bytesField(1, tensor))]);
    return name;
  }

  /** State the element type of a value whose operator has no type inference for it. */
  declare(name: string, elemType: number): void {
    this.#made.add(name);
    this.#field(13, [...textField(1, name), ...bytesField(2, bytesField(1, integerField(1, elemType)))]);
  }

  #constant(key: string, tensor: readonly number[]): string {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const name = this.name('constant');
    this.#made.add(name);
    this.#constants.set(key, name);
    this.#field(5, [...tensor, ...textField(8, name)]);
    return name;
  }

  #field(number: number, payload: readonly number[]): void {
    this.#fields.push(bytesField(number, payload));
  }
}

function dimension(size: number | string | null): number[] {
  if (size === null) return [];
  return typeof size === 'number' ? integerField(1, size) : textField(2, size);
}

/** Encoded AttributeProto. */
export function attribute(name: string, value: AttributeValue): number[] {
  if (typeof value === 'number')
    return [...textField(1, name), ...integerField(3, value), ...integerField(20, ATTRIBUTE_TYPE.int)];
  if ('graph' in value) {
    const graph = [...textField(2, 'body'), ...value.graph.bytes];
    return [...textField(1, name), ...bytesField(6, graph), ...integerField(20, ATTRIBUTE_TYPE.graph)];
  }
  if ('float' in value)
    return [...textField(1, name), ...floatField(2, value.float), ...integerField(20, ATTRIBUTE_TYPE.float)];
  return [
    ...textField(1, name),
    ...value.flatMap((each) => integerField(8, each)),
    ...integerField(20, ATTRIBUTE_TYPE.ints),
  ];
}
