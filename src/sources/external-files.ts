import { isAbsolute, posix } from 'node:path';
import { AssayError } from '../core/errors.js';
import { dataType, packedBytes } from '../formats/onnx/data-types.js';
import type { OnnxGraph, OnnxModel, OnnxTensor } from '../formats/onnx/types.js';
import { type Delivery, sizeOf } from '../io/files.js';

/** What a path in a delivery never holds: other systems' separators, and ONNX Runtime's memory addresses. */
const FOREIGN = ['\\', '\0', '*'];

/** Files that hold tensors outside the .onnx file, relative to the delivery; not checked to be inside it. */
export function externalFiles(model: OnnxModel, modelPath: string): string[] {
  return [...extents(model, modelPath).keys()];
}

/**
 * The same, each a plain file of the delivery that is as long as the graph says. Throws PATH_ESCAPES,
 * FILE_UNREADABLE or FORMAT_TRUNCATED.
 */
export async function checkedExternalFiles(
  model: OnnxModel,
  modelPath: string,
  delivery: Delivery,
): Promise<string[]> {
  const files = extents(model, modelPath);
  for (const [path, { location, end }] of files) {
    if (isAbsolute(location) || path.startsWith('../') || FOREIGN.some((text) => location.includes(text)))
      throw escapes(location);
    const size = await sizeOf(delivery, path);
    if (size >= end) continue;
    throw new AssayError('FORMAT_TRUNCATED', `"${path}" has ${size} bytes; the model reads ${end}.`, {
      hint: 'Download it again, or run git lfs pull.',
    });
  }
  return [...files.keys()];
}

interface Extent {
  readonly location: string;
  /** First byte that no tensor needs. */
  readonly end: number;
}

function extents(model: OnnxModel, modelPath: string): Map<string, Extent> {
  const found = new Map<string, Extent>();
  for (const { storage, dataType: id, elements } of tensorsOf(model.graph)) {
    if (storage.kind !== 'external') continue;
    const { location, offset, length } = storage;
    const type = dataType(id);
    const path = isAbsolute(location) ? location : posix.join(posix.dirname(modelPath), location);
    const end = offset + (length ?? (type ? packedBytes(type, elements) : 0));
    found.set(path, { location, end: Math.max(end, found.get(path)?.end ?? 0) });
  }
  return found;
}

/** Initializers and constants of a graph and of the graphs inside it: any of them may be the weights. */
function tensorsOf(graph: OnnxGraph): OnnxTensor[] {
  const attributes = graph.nodes.flatMap((node) => [...node.attributes.values()]);
  return [
    ...graph.initializers,
    ...attributes.flatMap(({ tensor, graphs = [] }) => [
      ...(tensor ? [tensor] : []),
      ...graphs.flatMap(tensorsOf),
    ]),
  ];
}

function escapes(location: string): AssayError {
  return new AssayError('PATH_ESCAPES', `The model keeps weights at ${JSON.stringify(location)}.`, {
    hint: 'Expected a file beside the model; ask the vendor for an export whose external data stay in its folder.',
  });
}
