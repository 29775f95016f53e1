import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRng } from '../../src/core/rng.js';
import { model } from './fixtures.js';
import { type EditableGraph, parseModel, tensorOf, writeModel } from './onnx-edit.js';
import { normal } from './synthetic-model.js';

/** A float32 matrix of a layer as a graph multiplies by it, [in, out]. */
export interface LayerMatrix {
  /** Name of the node that uses it. */
  readonly node: string;
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}
type Edit = (matrix: LayerMatrix) => LayerMatrix;

/** A fixture with every matrix of its layers through `edit`, in a folder of its own. */
export function derivedFrom(
  name: string,
  edit: Edit,
  config: Readonly<Record<string, unknown>> = {},
): string {
  const folder = mkdtempSync(join(tmpdir(), 'derived-'));
  cpSync(model(name), folder, { recursive: true });
  const path = join(folder, 'onnx', 'model.onnx');
  const parsed = parseModel(readFileSync(path));
  writeFileSync(path, writeModel({ ...parsed, graph: edited(parsed.graph, edit) }));
  const file = join(folder, 'config.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...config }));
  return folder;
}

function edited(graph: EditableGraph, edit: Edit): EditableGraph {
  const users = new Map(graph.nodes.flatMap((node) => node.inputs.map((input) => [input, nameOf(node)])));
  return {
    ...graph,
    initializers: graph.initializers.map((tensor) => {
      const node = users.get(tensor.name) ?? '';
      const raw = tensor.fields.find(({ number }) => number === 9)?.value;
      const float = tensor.fields.some(({ number, value }) => number === 2 && value === 1n);
      if (!/layers\.|\bh\./.test(node) || tensor.dims.length !== 2 || !float || !(raw instanceof Uint8Array))
        return tensor;
      const [rows, columns] = tensor.dims.map(Number) as [number, number];
      const values = new Float32Array(Uint8Array.from(raw).buffer);
      const changed = edit({ node, rows, columns, values });
      return tensorOf(tensor.name, [changed.rows, changed.columns], changed.values);
    }),
  };
}

function nameOf({ rest }: EditableGraph['nodes'][number]): string {
  const name = rest.find(({ number }) => number === 3)?.value;
  return name instanceof Uint8Array ? new TextDecoder().decode(name) : '';
}

/** The smallest weights of each matrix set to zero. */
export function zeroed(share: number): Edit {
  return (matrix) => {
    const sorted = Array.from(matrix.values, Math.abs).sort((a, b) => a - b);
    const limit = sorted[Math.floor(share * sorted.length)] ?? 0;
    return { ...matrix, values: matrix.values.map((value) => (Math.abs(value) < limit ? 0 : value)) };
  };
}

/** Every weight moved by normal noise of a share of its matrix's size. */
export function moved(share: number): Edit {
  const rng = seededRng(5);
  return (matrix) => {
    const { values } = matrix;
    const size = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
    return { ...matrix, values: values.map((value) => value + share * size * normal(rng)) };
  };
}

/** Rounded to nearest with one scale for every 32 inputs of an output, and stored as floats again. */
export function roundedTo(bits: number): Edit {
  const top = 2 ** (bits - 1) - 1;
  return (matrix) => {
    const { rows, columns } = matrix;
    const values = Float32Array.from(matrix.values);
    for (let column = 0; column < columns; column++) {
      for (let from = 0; from < rows; from += 32) {
        const places = Array.from(
          { length: Math.min(32, rows - from) },
          (_, i) => (from + i) * columns + column,
        );
        const scale = Math.max(...places.map((at) => Math.abs(values[at] ?? 0))) / top;
        for (const at of places) values[at] = scale * Math.round((values[at] ?? 0) / scale);
      }
    }
    return { ...matrix, values };
  };
}

/** The first neurons of every gated MLP. */
export function narrowedTo(width: number): Edit {
  return (matrix) => {
    const { node, rows, columns, values } = matrix;
    if (/gate_proj|up_proj/.test(node))
      return { ...matrix, columns: width, values: values.filter((_, i) => i % columns < width) };
    return /down_proj/.test(node)
      ? { ...matrix, rows: width, values: values.slice(0, width * columns) }
      : { ...matrix, rows };
  };
}
