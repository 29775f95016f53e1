import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { GraphBuilder } from '../../src/formats/onnx/builder.js';
import { readOnnx } from '../../src/formats/onnx/read.js';
import { type GraphEdit, rewriteOnnx } from '../../src/formats/onnx/rewrite.js';
import { bytesOf } from '../support/bytes.js';
import { FIXTURES, fixture, graph } from '../support/onnx.js';
import {
  type EditableModel,
  floatOf,
  integersOf,
  nodeOf,
  parseFields,
  parseModel,
  tensorOf,
  writeGraph,
  writeModel,
} from '../support/onnx-edit.js';
import { bytes, int, len } from '../support/protobuf.js';

const rewrite = async (data: Uint8Array, edit?: GraphEdit, place = () => undefined): Promise<Uint8Array> =>
  rewriteOnnx(bytesOf(data), edit ? { place, edit } : { place });
const edited = async (data: Uint8Array, edit: GraphEdit): Promise<EditableModel> =>
  parseModel(await rewrite(data, edit));

/** Cases that lend another fixture's graph have none of their own. */
const cases = readdirSync(`${FIXTURES}attention`).filter((name) =>
  existsSync(`${FIXTURES}attention/${name}/graph.onnx`),
);
const gqa = fixture('attention/gqa/graph.onnx');
const merged = fixture('attention/merged/graph.onnx');

describe('an edit of nothing', () => {
  test.each(cases)('%s: every byte stays', async (name) => {
    const data = fixture(`attention/${name}/graph.onnx`);
    expect(Buffer.compare(await rewrite(data), data)).toBe(0);
    expect(Buffer.compare(await rewrite(data, { drop: new Set(), nodes: new Map() }), data)).toBe(0);
  });
});

describe('an edit of one thing leaves the rest', () => {
  const before = parseModel(gqa);
  const at = before.graph.nodes.findIndex(({ op }) => op === 'GroupQueryAttention');
  const outputs = [...(before.graph.nodes[at]?.outputs ?? []), 'weights'];

  test('outputs and attributes of a node', async () => {
    const node = { outputs, integers: { qk_output: 2, num_heads: -3 } };
    const after = await edited(gqa, { nodes: new Map([[at, node]]) });
    const changed = after.graph.nodes[at];
    expect(changed?.outputs).toEqual(outputs);
    expect(changed && integersOf(changed, 'qk_output')).toEqual([2]);
    expect(changed && integersOf(changed, 'num_heads')).toEqual([-3]);
    expect(changed && integersOf(changed, 'kv_num_heads')).toEqual([2]);
    const others = (model: EditableModel) => model.graph.nodes.filter((_, i) => i !== at);
    expect(others(after)).toEqual(others(before));
    expect({ ...after, graph: { ...after.graph, nodes: [] } }).toEqual({
      ...before,
      graph: { ...before.graph, nodes: [] },
    });
  });

  test('dropped nodes, initializers and outputs', async () => {
    const kept = before.graph.initializers.slice(0, 2).map(({ name }) => name);
    const after = await edited(gqa, {
      drop: new Set([0, at]),
      initializers: new Set(kept),
      outputs: new Set(),
    });
    expect(after.graph.nodes).toEqual(before.graph.nodes.filter((_, i) => i !== 0 && i !== at));
    expect(after.graph.initializers).toEqual(before.graph.initializers.slice(0, 2));
    expect(after.graph.outputs).toEqual([]);
    expect(after.graph.rest).toEqual(before.graph.rest);
  });

  test('graphs in attributes', async () => {
    const whole = parseModel(merged);
    const append = new GraphBuilder('new.');
    append.output(append.node('Identity', ['input_ids']));
    const edit: GraphEdit = {
      nodes: new Map([
        [
          0,
          {
            outputs: ['logits', 'more'],
            graphs: new Map([['else_branch', { drop: new Set([1]), append: append.bytes }]]),
          },
        ],
      ]),
    };
    const after = await edited(merged, edit);
    const branch = (model: EditableModel, name: string) =>
      model.graph.nodes[0]?.attributes.find((attribute) => attribute.name === name)?.graph;
    expect(branch(after, 'then_branch')).toEqual(branch(whole, 'then_branch'));
    const [was, is] = [branch(whole, 'else_branch'), branch(after, 'else_branch')];
    expect(is?.nodes).toEqual([
      ...(was?.nodes.filter((_, i) => i !== 1) ?? []),
      nodeOf('Identity', ['input_ids'], ['new.0.Identity']),
    ]);
    expect(is?.outputs.map(({ name }) => name)).toEqual([
      ...(was?.outputs.map(({ name }) => name) ?? []),
      'new.0.Identity',
    ]);
    expect(is?.initializers).toEqual(was?.initializers);
  });

  test('weights that move', async () => {
    const model = parseModel(gqa);
    const weight = tensorOf(
      'inline',
      [300],
      Float32Array.from({ length: 300 }, (_, i) => i),
    );
    model.graph.initializers.push(weight);
    const data = writeModel(model);
    const place = ({ name }: { name: string }) =>
      name === 'inline' ? { location: 'a/b.bin', offset: 2 ** 33 + 5, length: 1200 } : undefined;
    const after = parseModel(await rewriteOnnx(bytesOf(data), { place }));
    const moved = after.graph.initializers.pop();
    expect(after.graph.initializers).toEqual(model.graph.initializers.slice(0, -1));
    expect(moved?.dims).toEqual([300n]);
    const entries = (moved?.fields ?? [])
      .filter(({ number }) => number === 13)
      .map(({ value }) =>
        parseFields(value as Uint8Array).map((part) => Buffer.from(part.value as Uint8Array).toString()),
      );
    expect(entries).toEqual([
      ['location', 'a/b.bin'],
      ['offset', String(2 ** 33 + 5)],
      ['length', '1200'],
    ]);
    expect(moved?.fields.some(({ number }) => number === 9)).toBe(false);
  });
});

test('positions run on over the pieces of a graph that was merged from two fields', async () => {
  const piece = (name: string): Uint8Array =>
    writeGraph({ ...EMPTY, nodes: [nodeOf('Identity', ['x'], [name])] });
  const data = bytes(int(1, 8), graph(piece('a'), piece('b')), len(8, int(2, 17)), graph(piece('c')));
  const after = await readOnnx(
    bytesOf(await rewrite(data, { drop: new Set([0]), nodes: new Map([[2, { outputs: ['z'] }]]) })),
  );
  expect(after.graph.nodes.map(({ outputs }) => outputs[0])).toEqual(['b', 'z']);
});

const EMPTY = { nodes: [], initializers: [], outputs: [], rest: [] };

describe('what the builder writes', () => {
  const builder = new GraphBuilder('p.');
  const made = builder.node('Clip', ['x', '', builder.float(-0.5)], {
    domain: 'd',
    attributes: { axis: -1, axes: [-2, 2 ** 40], scale: { float: 1.5 } },
  });
  builder.integers(1, -7);
  builder.integers(1, -7);
  builder.integer(2 ** 40);
  builder.output(made);
  const model = parseModel(len(7, Uint8Array.from(builder.bytes)));

  test('nodes and attributes', () => {
    const [node] = model.graph.nodes;
    expect(node).toMatchObject({
      op: 'Clip',
      domain: 'd',
      inputs: ['x', '', 'p.0.constant'],
      outputs: [made],
    });
    expect(node && integersOf(node, 'axis')).toEqual([-1]);
    expect(node && integersOf(node, 'axes')).toEqual([-2, 2 ** 40]);
    expect(node && floatOf(node, 'scale')).toBe(1.5);
    expect(model.graph.outputs.map(({ name }) => name)).toEqual([made]);
    expect(builder.needs).toEqual(['x']);
  });

  test('constants, each once', () => {
    const raw = model.graph.initializers.map(({ dims, fields }) => ({
      dims,
      data: Buffer.from(fields.find(({ number }) => number === 9)?.value as Uint8Array),
    }));
    expect(raw.map(({ dims }) => dims)).toEqual([[], [2n], []]);
    expect(raw[0]?.data.readFloatLE()).toBe(-0.5);
    expect([raw[1]?.data.readBigInt64LE(0), raw[1]?.data.readBigInt64LE(8)]).toEqual([1n, -7n]);
    expect(raw[2]?.data.readBigInt64LE()).toBe(2n ** 40n);
  });
});
