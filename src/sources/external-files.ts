import { isAbsolute, posix } from 'node:path';
import { AssayError } from '../core/errors.js';
import type { OnnxGraph, OnnxModel, OnnxTensor } from '../formats/onnx/types.js';

/** What a path in a delivery never holds: other systems' separators, and ONNX Runtime's memory addresses. */
const FOREIGN = ['\\', '\0', '*'];

/**
 * Files that hold tensors outside the .onnx file, relative to the delivery. Throws PATH_ESCAPES for a
 * location that is no plain relative path; links that leave the folder are found when a file is located.
 */
export function externalFiles(model: OnnxModel, modelPath: string): string[] {
  const locations = tensorsOf(model.graph).flatMap(({ storage }) =>
    storage.kind === 'external' ? [storage.location] : [],
  );
  return [...new Set(locations)].map((location) => resolved(modelPath, location));
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

function resolved(modelPath: string, location: string): string {
  const path = posix.normalize(posix.join(posix.dirname(modelPath), location));
  const leaves = isAbsolute(location) || path === '..' || path.startsWith('../');
  if (!leaves && !FOREIGN.some((text) => location.includes(text))) return path;
  throw new AssayError('PATH_ESCAPES', `The model keeps weights at ${JSON.stringify(location)}.`, {
    hint: 'Expected a file beside the model; ask the vendor for an export whose external data stay in its folder.',
  });
}
