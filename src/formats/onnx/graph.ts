import { quoted } from '../failure.js';
import { BYTES, type Field } from './field.js';
import { readNode } from './node.js';
import type { WireReader } from './reader.js';
import { readSparse } from './sparse.js';
import { finishTensor, readTensor, tensorDraft } from './tensor.js';
import type { OnnxGraph, OnnxNode, OnnxTensor, OnnxValue } from './types.js';
import { readValue } from './value.js';

/** A GraphProto while its fields arrive; protobuf merges repeated occurrences of one graph field. */
export interface GraphDraft {
  name: string;
  readonly nodes: OnnxNode[];
  readonly dense: OnnxTensor[];
  readonly sparse: OnnxTensor[];
  readonly initializerNames: Set<string>;
  readonly inputs: OnnxValue[];
  readonly outputs: OnnxValue[];
  readonly valueInfo: OnnxValue[];
}

export function graphDraft(): GraphDraft {
  return {
    name: '',
    nodes: [],
    dense: [],
    sparse: [],
    initializerNames: new Set(),
    inputs: [],
    outputs: [],
    valueInfo: [],
  };
}

export async function readGraph(reader: WireReader, field: Field, into: GraphDraft): Promise<void> {
  reader.expect(field, BYTES);
  await reader.message(field, async (part) => {
    switch (part.number) {
      case 1:
        into.nodes.push(await readNode(reader, part));
        return;
      case 2:
        into.name = await reader.text(part);
        return;
      case 5:
        into.dense.push(unique(reader, part, into, await readInitializer(reader, part)));
        return;
      case 11:
        into.inputs.push(await readValue(reader, part));
        return;
      case 12:
        into.outputs.push(await readValue(reader, part));
        return;
      case 13:
        into.valueInfo.push(await readValue(reader, part));
        return;
      case 15:
        into.sparse.push(unique(reader, part, into, await readSparse(reader, part)));
        return;
    }
  });
}

export function finishGraph(draft: GraphDraft): OnnxGraph {
  const { name, nodes, dense, sparse, inputs, outputs, valueInfo } = draft;
  return { name, nodes, initializers: [...dense, ...sparse], inputs, outputs, valueInfo };
}

/** One GraphProto.initializer. */
export async function readInitializer(reader: WireReader, field: Field): Promise<OnnxTensor> {
  const draft = tensorDraft(field.at);
  await readTensor(reader, field, draft);
  return finishTensor(reader, draft);
}

/** Of two initializers with one name the runtime keeps one, and counting both would overstate the model. */
function unique(reader: WireReader, field: Field, into: GraphDraft, tensor: OnnxTensor): OnnxTensor {
  if (into.initializerNames.has(tensor.name)) {
    throw reader.invalid(
      'ONNX_INITIALIZER_TWICE',
      field.at,
      `there are two initializers ${quoted(tensor.name)}; expected unique names`,
    );
  }
  into.initializerNames.add(tensor.name);
  return tensor;
}
