import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type EditableGraph, parseFields, parseModel, type RawField, writeModel } from './onnx-edit.js';

const GRAPH = { inputs: 11, valueInfo: 13 };
const NODE_NAME = 3;
const NODE_DOCUMENTATION = 6;
const TEXT = new TextDecoder();

/** A graph with names that say nothing, but for its inputs and outputs; weights and values are counted through. */
export function anonymised(bytes: Uint8Array): Uint8Array {
  const model = parseModel(bytes);
  const kept = new Set(['', ...namesOf(model.graph.rest, GRAPH.inputs), ...model.graph.outputs.map(nameOf)]);
  const given = new Map<string, string>();
  const renamed = (name: string): string => {
    if (kept.has(name)) return name;
    const known = given.get(name) ?? `w${given.size}`;
    given.set(name, known);
    return known;
  };
  return writeModel({ ...model, graph: withNames(model.graph, renamed) });
}

function withNames(graph: EditableGraph, renamed: (name: string) => string): EditableGraph {
  return {
    ...graph,
    initializers: graph.initializers.map((tensor) => ({ ...tensor, name: renamed(tensor.name) })),
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(renamed),
      outputs: node.outputs.map(renamed),
      attributes: node.attributes.map((attribute) =>
        attribute.graph ? { ...attribute, graph: withNames(attribute.graph, renamed) } : attribute,
      ),
      rest: node.rest.filter(({ number }) => number !== NODE_NAME && number !== NODE_DOCUMENTATION),
    })),
    outputs: graph.outputs.map((output) => ({ ...output, name: renamed(output.name) })),
    rest: graph.rest.filter(({ number }) => number !== GRAPH.valueInfo),
  };
}

/** A delivery whose graph is anonymised, in the folder `into`. */
export function anonymisedFolder(folder: string, into: string, file = 'onnx/model.onnx'): string {
  cpSync(folder, into, { recursive: true });
  const path = join(into, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, anonymised(readFileSync(path)));
  return into;
}

function namesOf(fields: readonly RawField[], number: number): string[] {
  return fields
    .filter((field) => field.number === number)
    .flatMap(({ value }) => parseFields(value as Uint8Array).filter((field) => field.number === 1))
    .map(({ value }) => TEXT.decode(value as Uint8Array));
}

function nameOf({ name }: { readonly name: string }): string {
  return name;
}
