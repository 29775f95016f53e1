import type { ByteSource } from '../../core/bytes.js';
import { dataType } from './data-types.js';
import { bytesField, bytesHeader, integerField, textField } from './encode.js';
import { overLimit } from './failure.js';
import { BYTES, type Field } from './field.js';
import { readInitializer } from './graph.js';
import { MAX_COPY_BYTES } from './limits.js';
import { WireReader } from './reader.js';
import { rejectOtherFormats } from './sniff.js';
import { Splice } from './splice.js';
import type { OnnxTensor } from './types.js';

const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;

/**
 * A copy of the graph whose large inline initializers point into the original file, so weights never pass
 * through JavaScript. `location` is that file's name in the folder the runtime resolves external data against.
 * Everything but those initializers is copied byte for byte; the weights of nested graphs stay inline.
 */
export async function externalize(
  source: ByteSource,
  location: string,
  minBytes = 1024,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Uint8Array> {
  await rejectOtherFormats(source);
  const reader = new WireReader(source, options.signal);
  const model = new Splice();
  let graphs = 0;
  await reader.message({ from: 0, to: source.size }, async (field) => {
    if (field.number !== MODEL_GRAPH) {
      copy(reader, field, model);
      return;
    }
    graphs++;
    const graph = await externalizeGraph(reader, field, { location, minBytes });
    model.insert(bytesHeader(MODEL_GRAPH, graph.length));
    model.append(graph);
    bounded(reader, field, model);
  });
  if (graphs === 0) throw reader.invalid(source.size, 'the model ends without a graph');
  return model.build(source);
}

interface Target {
  readonly location: string;
  readonly minBytes: number;
}

async function externalizeGraph(reader: WireReader, field: Field, target: Target): Promise<Splice> {
  reader.expect(field, BYTES);
  const graph = new Splice();
  await reader.message(field, async (part) => {
    const tensor = part.number === GRAPH_INITIALIZER ? await readInitializer(reader, part) : undefined;
    const moved = tensor === undefined ? undefined : externalTensor(tensor, target);
    if (moved === undefined) copy(reader, part, graph);
    else graph.insert(bytesField(GRAPH_INITIALIZER, moved));
  });
  return graph;
}

/** TensorProto fields of a tensor that moves out, undefined for one that stays. */
function externalTensor(tensor: OnnxTensor, target: Target): number[] | undefined {
  const { storage } = tensor;
  if (storage.kind !== 'inline' || storage.length < target.minBytes) return undefined;
  if (dataType(tensor.dataType) === undefined) return undefined;
  const entry = (key: string, value: string) =>
    bytesField(13, [...textField(1, key), ...textField(2, value)]);
  return [
    ...tensor.dims.flatMap((size) => integerField(1, size)),
    ...integerField(2, tensor.dataType),
    ...textField(8, tensor.name),
    ...entry('location', target.location),
    ...entry('offset', String(storage.offset)),
    ...entry('length', String(storage.length)),
    ...integerField(14, 1),
  ];
}

function copy(reader: WireReader, field: Field, into: Splice): void {
  into.copy({ from: field.at, to: field.to });
  bounded(reader, field, into);
}

function bounded(reader: WireReader, field: Field, splice: Splice): void {
  if (splice.length <= MAX_COPY_BYTES) return;
  const found = `more than ${MAX_COPY_BYTES} bytes are not movable initializers, which is the limit`;
  throw overLimit(reader.file, field.at, found);
}
