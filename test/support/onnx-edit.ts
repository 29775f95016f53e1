import { bytes, int, key, len, varint } from './protobuf.js';

/** One protobuf field as it stands in the file. */
export interface RawField {
  readonly number: number;
  readonly wire: number;
  readonly value: bigint | Uint8Array;
}

export interface EditableNode {
  inputs: string[];
  outputs: string[];
  op: string;
  domain: string;
  attributes: EditableAttribute[];
  rest: RawField[];
}

export interface EditableAttribute {
  name: string;
  graph?: EditableGraph;
  fields: RawField[];
}

export interface EditableTensor {
  name: string;
  dims: bigint[];
  fields: RawField[];
}

export interface EditableGraph {
  nodes: EditableNode[];
  initializers: EditableTensor[];
  /** Names; a new output has no type. */
  outputs: { name: string; fields: RawField[] }[];
  rest: RawField[];
}

export interface EditableModel {
  irVersion: bigint;
  opsets: { domain: string; version: bigint }[];
  graph: EditableGraph;
  rest: RawField[];
}

const TEXT = new TextDecoder();

/** A second reader of ONNX, for tests only: lenient, in memory, and sharing nothing with the package's own. */
export function parseFields(data: Uint8Array): RawField[] {
  const fields: RawField[] = [];
  let at = 0;
  const next = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = data[at++];
      if (byte === undefined) throw new Error('truncated');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < data.length) {
    const tag = Number(next());
    const [number, wire] = [tag >>> 3, tag & 7];
    if (wire === 0) fields.push({ number, wire, value: next() });
    else {
      const size = wire === 2 ? Number(next()) : wire === 1 ? 8 : 4;
      fields.push({ number, wire, value: data.subarray(at, at + size) });
      at += size;
    }
  }
  return fields;
}

export function writeFields(fields: readonly RawField[]): Uint8Array {
  return bytes(
    ...fields.map(({ number, wire, value }) => {
      if (typeof value === 'bigint') return bytes(key(number, 0), varint(value));
      return wire === 2 ? len(number, value) : bytes(key(number, wire), value);
    }),
  );
}

const texts = (fields: readonly RawField[], number: number): string[] =>
  fields.filter((field) => field.number === number).map(({ value }) => TEXT.decode(value as Uint8Array));
const textOf = (fields: readonly RawField[], number: number): string => texts(fields, number).at(-1) ?? '';
const without = (fields: readonly RawField[], ...numbers: number[]): RawField[] =>
  fields.filter(({ number }) => !numbers.includes(number));
const messages = (fields: readonly RawField[], number: number): RawField[][] =>
  fields.filter((field) => field.number === number).map(({ value }) => parseFields(value as Uint8Array));

export function parseModel(data: Uint8Array): EditableModel {
  const fields = parseFields(Uint8Array.from(data));
  return {
    irVersion: (fields.find(({ number }) => number === 1)?.value as bigint | undefined) ?? 0n,
    opsets: messages(fields, 8).map((opset) => ({
      domain: textOf(opset, 1),
      version: (opset.find(({ number }) => number === 2)?.value as bigint | undefined) ?? 0n,
    })),
    graph: parseGraph(messages(fields, 7).flat()),
    rest: without(fields, 1, 7, 8),
  };
}

function parseGraph(fields: readonly RawField[]): EditableGraph {
  return {
    nodes: messages(fields, 1).map(parseNode),
    initializers: messages(fields, 5).map((tensor) => ({
      name: textOf(tensor, 8),
      dims: tensor.filter(({ number }) => number === 1).map(({ value }) => value as bigint),
      fields: without(tensor, 1, 8),
    })),
    outputs: messages(fields, 12).map((value) => ({ name: textOf(value, 1), fields: without(value, 1) })),
    rest: without(fields, 1, 5, 12),
  };
}

function parseNode(fields: readonly RawField[]): EditableNode {
  return {
    inputs: texts(fields, 1),
    outputs: texts(fields, 2),
    op: textOf(fields, 4),
    domain: textOf(fields, 7),
    attributes: messages(fields, 5).map((attribute) => {
      const graphs = messages(attribute, 6);
      const fields = without(attribute, 1, 6);
      const name = textOf(attribute, 1);
      return graphs.length > 0 ? { name, fields, graph: parseGraph(graphs.flat()) } : { name, fields };
    }),
    rest: without(fields, 1, 2, 4, 5, 7),
  };
}

export function writeModel({ irVersion, opsets, graph, rest }: EditableModel): Uint8Array {
  return bytes(
    int(1, irVersion),
    writeFields(rest),
    len(7, writeGraph(graph)),
    ...opsets.map(({ domain, version }) => len(8, len(1, domain), int(2, version))),
  );
}

export function writeGraph({ nodes, initializers, outputs, rest }: EditableGraph): Uint8Array {
  return bytes(
    ...nodes.map((node) => len(1, writeNode(node))),
    writeFields(rest),
    ...initializers.map(({ name, dims, fields }) =>
      len(5, ...dims.map((size) => int(1, size)), writeFields(fields), len(8, name)),
    ),
    ...outputs.map(({ name, fields }) => len(12, len(1, name), writeFields(fields))),
  );
}

function writeNode({ inputs, outputs, op, domain, attributes, rest }: EditableNode): Uint8Array {
  return bytes(
    ...inputs.map((name) => len(1, name)),
    ...outputs.map((name) => len(2, name)),
    writeFields(rest),
    len(4, op),
    ...attributes.map(({ name, fields, graph }) =>
      len(5, len(1, name), writeFields(fields), ...(graph ? [len(6, writeGraph(graph))] : [])),
    ),
    len(7, domain),
  );
}

const ATTRIBUTE = { float: 1n, int: 2n, ints: 7n } as const;

export function integerAttribute(name: string, value: number | bigint): EditableAttribute {
  return attributeOf(name, 'int', [{ number: 3, wire: 0, value: BigInt.asUintN(64, BigInt(value)) }]);
}

export function integersAttribute(name: string, values: readonly number[]): EditableAttribute {
  const items = values.map((value) => ({ number: 8, wire: 0, value: BigInt.asUintN(64, BigInt(value)) }));
  return attributeOf(name, 'ints', items);
}

export function floatAttribute(name: string, value: number): EditableAttribute {
  const data = new Uint8Array(Float32Array.of(value).buffer);
  return attributeOf(name, 'float', [{ number: 2, wire: 5, value: data }]);
}

function attributeOf(name: string, type: keyof typeof ATTRIBUTE, fields: RawField[]): EditableAttribute {
  return { name, fields: [...fields, { number: 20, wire: 0, value: ATTRIBUTE[type] }] };
}

/** Set an attribute of a node, whatever it was before. */
export function setAttribute(node: EditableNode, attribute: EditableAttribute): void {
  node.attributes = [...node.attributes.filter(({ name }) => name !== attribute.name), attribute];
}

export function integersOf(node: EditableNode, name: string): number[] {
  const fields = node.attributes.find((attribute) => attribute.name === name)?.fields ?? [];
  return fields
    .filter(({ number }) => number === 3 || number === 8)
    .map(({ value }) => Number(BigInt.asIntN(64, value as bigint)));
}

export function floatOf(node: EditableNode, name: string): number | undefined {
  const fields = node.attributes.find((attribute) => attribute.name === name)?.fields ?? [];
  const value = fields.find(({ number }) => number === 2)?.value;
  return value instanceof Uint8Array ? Buffer.from(value).readFloatLE() : undefined;
}

export function nodeOf(
  op: string,
  inputs: readonly string[],
  outputs: readonly string[],
  options: { readonly domain?: string; readonly attributes?: EditableAttribute[] } = {},
): EditableNode {
  const { domain = '', attributes = [] } = options;
  return { op, domain, inputs: [...inputs], outputs: [...outputs], attributes, rest: [] };
}

/** An initializer with its numbers in the file. */
export function tensorOf(
  name: string,
  dims: readonly number[],
  data: Float32Array | BigInt64Array,
): EditableTensor {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const type = data instanceof Float32Array ? 1n : 7n;
  return {
    name,
    dims: dims.map(BigInt),
    fields: [
      { number: 2, wire: 0, value: type },
      { number: 9, wire: 2, value: raw },
    ],
  };
}
