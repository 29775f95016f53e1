import type { ByteSource } from '../../core/bytes.js';
import { attribute as encodeAttribute } from './builder.js';
import { dataType } from './data-types.js';
import { bytesField, bytesHeader, integerField, textField } from './encode.js';
import { BYTES, type Field } from './field.js';
import { readInitializer } from './graph.js';
import { MAX_COPY_BYTES } from './limits.js';
import { WireReader } from './reader.js';
import { rejectOtherFormats } from './sniff.js';
import { Splice } from './splice.js';
import type { OnnxTensor } from './types.js';

const MODEL_GRAPH = 7;
const NODE_INPUT = 1;
const NODE_OUTPUT = 2;
const NODE_ATTRIBUTE = 5;
const ATTRIBUTE_GRAPH = 6;
const [GRAPH_NODE, GRAPH_INITIALIZER, GRAPH_OUTPUT, GRAPH_SPARSE] = [1, 5, 12, 15];

/** Changes of one graph. Nodes are named by their position in `OnnxGraph.nodes`. */
export interface GraphEdit {
  readonly drop?: ReadonlySet<number>;
  readonly nodes?: ReadonlyMap<number, NodeEdit>;
  /** Initializers that stay; all of them when absent. */
  readonly initializers?: ReadonlySet<string>;
  /** Outputs that stay; all of them when absent. */
  readonly outputs?: ReadonlySet<string>;
  /** Encoded GraphProto fields that follow. */
  readonly append?: readonly number[];
}

export interface NodeEdit {
  /** All inputs, in place of the original ones. */
  readonly inputs?: readonly string[];
  /** All outputs, in place of the original ones. */
  readonly outputs?: readonly string[];
  /** Integer attributes to set. */
  readonly integers?: Readonly<Record<string, number>>;
  /** Edits of the graphs in attributes, by attribute name. */
  readonly graphs?: ReadonlyMap<string, GraphEdit>;
}

/** Where the runtime finds a tensor's bytes. */
export interface TensorPlace {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

export interface Rewrite {
  /** The external place of an initializer, or undefined to leave it as it is. */
  readonly place: (tensor: OnnxTensor) => TensorPlace | undefined;
  readonly edit?: GraphEdit;
  /** Operator sets to import that the model does not. */
  readonly opsets?: Readonly<Record<string, number>>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A copy of a model with initializers moved to external places and its graph edited. Weights never pass through
 * JavaScript: everything that stays is copied byte for byte, everything that moves is only pointed at.
 */
export async function rewriteOnnx(source: ByteSource, rewrite: Rewrite): Promise<Uint8Array> {
  await rejectOtherFormats(source);
  const reader = new WireReader(source, rewrite.signal);
  const model = new Splice();
  const graph = new GraphRewriter(reader, rewrite, rewrite.edit ?? {});
  await reader.message({ from: 0, to: source.size }, async (field) => {
    if (field.number !== MODEL_GRAPH) {
      copy(reader, field, model);
      return;
    }
    await graph.read(field, model, MODEL_GRAPH);
  });
  if (!graph.seen) throw reader.invalid('ONNX_GRAPH_MISSING', source.size, 'the model ends without a graph');
  graph.finish(model, MODEL_GRAPH);
  for (const [domain, version] of Object.entries(rewrite.opsets ?? {}))
    model.insert(bytesField(8, [...textField(1, domain), ...integerField(2, version)]));
  return model.build(source);
}

/** Rewrites the occurrences of one graph field; protobuf merges them, so positions run on. */
class GraphRewriter {
  seen = false;
  #node = 0;

  constructor(
    private readonly reader: WireReader,
    private readonly rewrite: Rewrite,
    private readonly edit: GraphEdit,
  ) {}

  async read(field: Field, into: Splice, number: number): Promise<void> {
    this.reader.expect(field, BYTES);
    this.seen = true;
    const graph = new Splice();
    await this.reader.message(field, (part) => this.#member(part, graph));
    embed(this.reader, field, graph, into, number);
  }

  /** Append what the edit adds, as one more occurrence of the field. */
  finish(into: Splice, number: number): void {
    const { append = [] } = this.edit;
    if (append.length > 0) into.insert(bytesField(number, append));
  }

  async #member(part: Field, graph: Splice): Promise<void> {
    const { reader, edit } = this;
    switch (part.number) {
      case GRAPH_NODE: {
        const at = this.#node++;
        if (edit.drop?.has(at)) return;
        return this.#copyNode(part, graph, edit.nodes?.get(at) ?? {});
      }
      case GRAPH_INITIALIZER:
        return this.#initializer(part, graph);
      case GRAPH_OUTPUT:
        if (edit.outputs && !edit.outputs.has(await nameOf(reader, part))) return;
        break;
      case GRAPH_SPARSE:
        break;
    }
    copy(reader, part, graph);
  }

  async #initializer(part: Field, graph: Splice): Promise<void> {
    const tensor = await readInitializer(this.reader, part);
    if (this.edit.initializers && !this.edit.initializers.has(tensor.name)) return;
    const place = dataType(tensor.dataType) === undefined ? undefined : this.rewrite.place(tensor);
    if (place === undefined) copy(this.reader, part, graph);
    else graph.insert(bytesField(GRAPH_INITIALIZER, externalTensor(tensor, place)));
  }

  async #copyNode(part: Field, graph: Splice, edit: NodeEdit): Promise<void> {
    const { reader } = this;
    reader.expect(part, BYTES);
    const node = new Splice();
    await reader.message(part, async (member) => {
      if (member.number === NODE_INPUT && edit.inputs) return;
      if (member.number === NODE_OUTPUT && edit.outputs) return;
      if (member.number === NODE_ATTRIBUTE) await this.#attribute(member, node, edit);
      else copy(reader, member, node);
    });
    for (const name of edit.inputs ?? []) node.insert(textField(NODE_INPUT, name));
    for (const name of edit.outputs ?? []) node.insert(textField(NODE_OUTPUT, name));
    for (const [name, value] of Object.entries(edit.integers ?? {}))
      node.insert(bytesField(NODE_ATTRIBUTE, encodeAttribute(name, value)));
    embed(reader, part, node, graph, GRAPH_NODE);
  }

  /** Graphs in attributes are rewritten too: their initializers may live outside, and merged decoders are edited there. */
  async #attribute(field: Field, node: Splice, edit: NodeEdit): Promise<void> {
    const { reader } = this;
    const name = await nameOf(reader, field);
    if (edit.integers && name in edit.integers) return;
    const inner = new GraphRewriter(reader, this.rewrite, edit.graphs?.get(name) ?? {});
    const attribute = new Splice();
    await reader.message(field, async (member) => {
      if (member.number === ATTRIBUTE_GRAPH) await inner.read(member, attribute, ATTRIBUTE_GRAPH);
      else copy(reader, member, attribute);
    });
    if (inner.seen) inner.finish(attribute, ATTRIBUTE_GRAPH);
    embed(reader, field, attribute, node, NODE_ATTRIBUTE);
  }
}

/** Field 1 of a message: the name of an attribute or a value. */
async function nameOf(reader: WireReader, field: Field): Promise<string> {
  let name = '';
  await reader.message(field, async (part) => {
    if (part.number === 1) name = await reader.text(part);
  });
  return name;
}

function externalTensor(tensor: OnnxTensor, { location, offset, length }: TensorPlace): number[] {
  const entry = (key: string, value: string) =>
    bytesField(13, [...textField(1, key), ...textField(2, value)]);
  return [
    ...tensor.dims.flatMap((size) => integerField(1, size)),
    ...integerField(2, tensor.dataType),
    ...textField(8, tensor.name),
    ...entry('location', location),
    ...entry('offset', String(offset)),
    ...entry('length', String(length)),
    ...integerField(14, 1),
  ];
}

/** The field with a new payload; one that did not change keeps its bytes, so that neighbours are read together. */
function embed(reader: WireReader, field: Field, part: Splice, into: Splice, number: number): void {
  if (part.is(field)) {
    copy(reader, field, into);
    return;
  }
  into.insert(bytesHeader(number, part.length));
  into.append(part);
  bounded(reader, field, into);
}

function copy(reader: WireReader, field: Field, into: Splice): void {
  into.copy({ from: field.at, to: field.to });
  bounded(reader, field, into);
}

function bounded(reader: WireReader, field: Field, splice: Splice): void {
  if (splice.length <= MAX_COPY_BYTES) return;
  const found = `more than ${MAX_COPY_BYTES} bytes are not movable initializers, which is the limit`;
  throw reader.overLimit('ONNX_COPY_SIZE', field.at, found);
}
