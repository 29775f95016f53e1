import { BYTES, FIXED32, type Field, VARINT } from './field.js';
import { finishGraph, type GraphDraft, graphDraft, readGraph } from './graph.js';
import { integers } from './integers.js';
import { MAX_TEXT_BYTES } from './limits.js';
import type { WireReader } from './reader.js';
import { finishTensor, readTensor, type TensorDraft, tensorDraft } from './tensor.js';
import type { OnnxAttribute } from './types.js';
import { signed64 } from './varint.js';

/** AttributeProto.AttributeType of the members read here. */
const TYPE = { float: 1, int: 2, text: 3, tensor: 4, graph: 5, ints: 7, graphs: 10 } as const;

// `s` is bytes in onnx.proto, so it need not be text.
const LENIENT_UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });

interface AttributeDraft {
  name: string;
  type: number;
  float: number | undefined;
  int: number | undefined;
  text: string | null | undefined;
  tensor: TensorDraft | undefined;
  graph: GraphDraft | undefined;
  readonly ints: number[];
  readonly graphs: GraphDraft[];
}

export async function readAttribute(reader: WireReader, field: Field): Promise<[string, OnnxAttribute]> {
  reader.expect(field, BYTES);
  const draft: AttributeDraft = {
    name: '',
    type: 0,
    float: undefined,
    int: undefined,
    text: undefined,
    tensor: undefined,
    graph: undefined,
    ints: [],
    graphs: [],
  };
  await reader.message(field, (part) => readMember(reader, part, draft));
  return [draft.name, draft.type === 0 ? untyped(reader, draft) : typed(reader, draft)];
}

async function readMember(reader: WireReader, part: Field, draft: AttributeDraft): Promise<void> {
  switch (part.number) {
    case 1:
      draft.name = await reader.text(part);
      return;
    case 2:
      draft.float = float32(reader, part);
      return;
    case 3:
      reader.expect(part, VARINT);
      draft.int = signed64(part);
      return;
    case 4:
      draft.text = await readBytes(reader, part);
      return;
    case 5:
      draft.tensor ??= tensorDraft(part.at);
      return readTensor(reader, part, draft.tensor);
    case 6:
      draft.graph ??= graphDraft();
      return readGraph(reader, part, draft.graph);
    case 8:
      return integers(reader, part, draft.ints, (value) => value);
    case 11: {
      const graph = graphDraft();
      draft.graphs.push(graph);
      return readGraph(reader, part, graph);
    }
    case 20:
      draft.type = reader.int32(part);
      return;
  }
}

/** The runtime reads only the member `type` names; a writer may leave that member out when it is zero or empty. */
function typed(reader: WireReader, draft: AttributeDraft): OnnxAttribute {
  switch (draft.type) {
    case TYPE.float:
      return { float: draft.float ?? 0 };
    case TYPE.int:
      return { int: draft.int ?? 0 };
    case TYPE.text:
      return draft.text === null ? {} : { text: draft.text ?? '' };
    case TYPE.tensor:
      return draft.tensor === undefined ? {} : { tensor: finishTensor(reader, draft.tensor) };
    case TYPE.graph:
      return draft.graph === undefined ? {} : { graphs: [finishGraph(draft.graph)] };
    case TYPE.ints:
      return { ints: draft.ints };
    case TYPE.graphs:
      return { graphs: draft.graphs.map(finishGraph) };
    default:
      return {};
  }
}

/** IR version 1 has no `type`: whatever is there counts. */
function untyped(reader: WireReader, draft: AttributeDraft): OnnxAttribute {
  const graphs = [...(draft.graph === undefined ? [] : [draft.graph]), ...draft.graphs];
  return {
    ...(draft.int === undefined ? {} : { int: draft.int }),
    ...(draft.float === undefined ? {} : { float: draft.float }),
    ...(typeof draft.text === 'string' ? { text: draft.text } : {}),
    ...(draft.ints.length === 0 ? {} : { ints: draft.ints }),
    ...(draft.tensor === undefined ? {} : { tensor: finishTensor(reader, draft.tensor) }),
    ...(graphs.length === 0 ? {} : { graphs: graphs.map(finishGraph) }),
  };
}

function float32(reader: WireReader, field: Field): number {
  reader.expect(field, FIXED32);
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, field.low);
  return view.getFloat32(0);
}

/** Null when too long to keep. */
async function readBytes(reader: WireReader, field: Field): Promise<string | null> {
  reader.expect(field, BYTES);
  const length = field.to - field.from;
  if (length > MAX_TEXT_BYTES) return null;
  reader.budget.charge(length, field.at);
  return LENIENT_UTF8.decode(await reader.bytes(field));
}
