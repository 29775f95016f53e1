import { expect, test } from 'vitest';
import { readOnnx } from '../../../src/formats/onnx/read.js';
import type { OnnxGraph, OnnxTensor, OnnxValue } from '../../../src/formats/onnx/types.js';
import { bytesOf } from '../../support/bytes.js';
import { fixture } from '../../support/onnx.js';

// What the reference Python package reads; see scripts/fixtures/onnx_golden.py.
const golden = JSON.parse(new TextDecoder().decode(fixture('golden/onnx-reader.json'))) as Record<
  string,
  object
>;

function tally(pairs: readonly (readonly [string, number])[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [name, count] of pairs) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

function external({ storage }: OnnxTensor) {
  if (storage.kind !== 'external') return null;
  return { location: storage.location, offset: String(storage.offset), length: String(storage.length) };
}

function constants(graph: OnnxGraph): [string, string][] {
  return graph.nodes.flatMap((node) =>
    [...node.attributes.values()].flatMap(({ tensor }): [string, string][] =>
      tensor?.small === undefined ? [] : [[node.outputs[0] ?? '', Buffer.from(tensor.small).toString('hex')]],
    ),
  );
}

const value = ({ name, elemType, dims }: OnnxValue) => [name, elemType, dims ?? []];

function describe({ nodes, initializers, inputs, outputs, valueInfo }: OnnxGraph) {
  const attributes = nodes.flatMap((node) =>
    [...node.attributes.values()].map(
      ({ int = 0, ints = [] }) => [node.opType, ints.reduce((a, b) => a + b, int)] as const,
    ),
  );
  const small = constants({ nodes } as OnnxGraph);
  return {
    operators: tally(nodes.map(({ opType }) => [opType, 1])),
    edges: [nodes.flatMap((node) => node.inputs).length, nodes.flatMap((node) => node.outputs).length],
    integers: tally(attributes),
    constants: small.length,
    lastConstants: Object.fromEntries(small.slice(-20)),
    initializers: initializers.map((t) => [t.name, t.dataType, t.dims, external(t)]),
    inputs: inputs.map(value),
    outputs: outputs.map(value),
    valueInfo: valueInfo.length,
  };
}

test.each(Object.entries(golden))('reads %s as the onnx package does', async (path, expected) => {
  const model = await readOnnx(bytesOf(fixture(`models/${path}`), path));
  expect({
    irVersion: model.irVersion,
    producer: model.producer,
    opsets: Object.fromEntries(model.opsets),
    graph: model.graph.name,
    ...describe(model.graph),
  }).toEqual(expected);
});
