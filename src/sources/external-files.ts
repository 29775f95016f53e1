import { isAbsolute, posix } from 'node:path';
import { AssayError } from '../core/errors.js';
import { invalidFile, quoted } from '../formats/failure.js';
import { dataType, packedBytes } from '../formats/onnx/data-types.js';
import type { OnnxFault } from '../formats/onnx/fault.js';
import type { OnnxGraph, OnnxModel, OnnxTensor } from '../formats/onnx/types.js';
import { type Delivery, sizeOf } from '../io/files.js';

/** What a path in a delivery never holds: other systems' separators, and ONNX Runtime's memory addresses. */
const FOREIGN = ['\\', '\0', '*'];
const DRIVE = /^[a-z]:/i;

/** Files that hold tensors outside the .onnx file, relative to the delivery; not checked to be inside it. */
export function externalFiles(model: OnnxModel, modelPath: string): string[] {
  return [...rangesByFile(model, modelPath).keys()];
}

/**
 * The same, each a plain file of the delivery that is as long as the graph says. Tensors share bytes as a whole or not
 * at all. Links are judged by where they lead, since a hub's cache consists of them, and a hard link is the file itself,
 * as in any store without duplicates. Throws PATH_ESCAPES, FILE_UNREADABLE, FORMAT_INVALID or FORMAT_TRUNCATED.
 */
export async function checkedExternalFiles(
  model: OnnxModel,
  modelPath: string,
  delivery: Delivery,
): Promise<string[]> {
  const files = rangesByFile(model, modelPath);
  for (const [path, ranges] of files) {
    for (const range of ranges) checkLocation(range, modelPath);
    checkOverlap(ranges, modelPath);
    const size = await sizeOf(delivery, path);
    const beyond = ranges.find(({ end }) => end > size);
    if (beyond === undefined) continue;
    throw new AssayError('FORMAT_TRUNCATED', `"${path}" has ${size} bytes; the model reads ${beyond.end}.`, {
      hint: 'Download it again, or run git lfs pull.',
      fault: 'ONNX_EXTERNAL_END' satisfies OnnxFault,
      offset: beyond.at,
    });
  }
  return [...files.keys()];
}

/** Bytes of an external file that a tensor reads. */
interface Range {
  readonly location: string;
  /** Byte of the model file at which the tensor is described. */
  readonly at: number;
  readonly start: number;
  readonly end: number;
}

function rangesByFile(model: OnnxModel, modelPath: string): Map<string, Range[]> {
  const found = new Map<string, Range[]>();
  for (const { storage, dataType: id, elements } of tensorsOf(model.graph)) {
    if (storage.kind !== 'external') continue;
    const { location, at, offset: start, length } = storage;
    const type = dataType(id);
    const path = isAbsolute(location) ? location : posix.join(posix.dirname(modelPath), location);
    const end = start + (length ?? (type ? packedBytes(type, elements) : 0));
    const ranges = found.get(path) ?? [];
    ranges.push({ location, at, start, end });
    found.set(path, ranges);
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

/** A path that stays below the model's own folder by its text alone, whatever the system. */
function checkLocation({ location, at }: Range, modelPath: string): void {
  const leaves = isAbsolute(location) || DRIVE.test(location) || location.split('/').includes('..');
  if (!leaves && !FOREIGN.some((text) => location.includes(text))) return;
  throw new AssayError('PATH_ESCAPES', `${modelPath} keeps weights at ${quoted(location)}.`, {
    hint: 'Expected a file beside the model; ask the vendor for an export whose external data stay in its folder.',
    fault: 'ONNX_EXTERNAL_PATH' satisfies OnnxFault,
    offset: at,
  });
}

/** Tied tensors name the same bytes; a tensor that begins inside another is a mistake, or hides one behind it. */
function checkOverlap(ranges: readonly Range[], modelPath: string): void {
  const sorted = ranges
    .filter(({ start, end }) => end > start)
    .sort((a, b) => a.start - b.start || a.end - b.end);
  let before: Range | undefined;
  for (const range of sorted) {
    const same = before?.start === range.start && before.end === range.end;
    if (before !== undefined && !same && range.start < before.end) {
      const what = `a tensor takes bytes ${range.start} to ${range.end} of ${quoted(range.location)}, of which another has some`;
      const place = { file: modelPath, at: range.at, fault: 'ONNX_EXTERNAL_OVERLAP' satisfies OnnxFault };
      throw invalidFile(place, what, 'Export the model again.');
    }
    before = range;
  }
}
