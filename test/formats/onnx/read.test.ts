import { expect, test } from 'vitest';
import { FLOAT, graph, initializer, nodeWith, read, readTensor } from '../../support/onnx.js';
import { bytes, double, float, int, key, len, packed, varint } from '../../support/protobuf.js';

const raw = (...values: readonly number[]) => len(9, Uint8Array.from(values));

test('reads the model header and counts functions', async () => {
  const model = await read(
    int(1, 9),
    len(2, 'pytorch'),
    len(3, '2.1'),
    len(8, int(2, 17)),
    len(8, len(1, 'com.microsoft'), int(2, 1)),
    len(25, len(1, 'f'), len(10, 'local')),
    graph(len(2, 'main')),
  );
  expect(model).toMatchObject({
    irVersion: 9,
    producer: 'pytorch 2.1',
    functions: 1,
    graph: { name: 'main' },
  });
  expect([...model.opsets]).toEqual([
    ['', 17],
    ['com.microsoft', 1],
  ]);
});

test('merges repeated graph fields and skips unknown fields of every wire type', async () => {
  const unknown = [int(99, -1), float(98, 1), double(97, 1), len(96, 'anything')];
  const model = await read(
    graph(len(1, len(4, 'A')), ...unknown),
    ...unknown,
    graph(len(2, 'late'), len(1, len(4, 'B'))),
  );
  expect(model.graph.nodes.map(({ opType }) => opType)).toEqual(['A', 'B']);
  expect(model.graph.name).toBe('late');
});

test('reads both spellings of the default domain alike', async () => {
  const model = await read(len(8, len(1, 'ai.onnx'), int(2, 21)), graph(len(1, len(7, 'ai.onnx'))));
  expect(model.opsets.get('')).toBe(21);
  expect(model.graph.nodes[0]?.domain).toBe('');
});

test.each([
  ['int', [int(3, -7), int(20, 2)], { int: -7 }],
  ['a zero the writer left out', [int(20, 2)], { int: 0 }],
  ['float', [float(2, 0.5), int(20, 1)], { float: 0.5 }],
  ['text', [len(4, 'é'), int(20, 3)], { text: 'é' }],
  ['bytes longer than the reader keeps', [len(4, new Uint8Array(70_000)), int(20, 3)], {}],
  ['packed ints', [packed(8, 1, -2, 3), int(20, 7)], { ints: [1, -2, 3] }],
  ['unpacked ints', [int(8, 1), int(8, -2), packed(8, 3), int(20, 7)], { ints: [1, -2, 3] }],
  ['INT64_MAX', [packed(8, 2n ** 63n - 1n), int(20, 7)], { ints: [2 ** 63] }],
  ['only what the type selects', [int(3, 4), float(2, 1), int(20, 1)], { float: 1 }],
  ['everything when there is no type', [int(3, 4), float(2, 1)], { int: 4, float: 1 }],
])('attribute: %s', async (_, fields, expected) => {
  const model = await read(graph(nodeWith(...fields)));
  expect(model.graph.nodes[0]?.attributes.get('a')).toEqual(expected);
});

test('reads the graphs of control-flow nodes', async () => {
  const body = len(1, len(4, 'Inner'));
  const model = await read(
    graph(nodeWith(len(6, body), int(20, 5)), nodeWith(len(11, body), len(11), int(20, 10))),
  );
  const counts = model.graph.nodes.map((node) =>
    node.attributes.get('a')?.graphs?.map((g) => g.nodes.length),
  );
  expect(counts).toEqual([[1], [1, 0]]);
});

test('locates raw data and keeps only small tensors', async () => {
  const small = await readTensor(len(8, 'w'), int(1, 2), FLOAT, raw(1, 2, 3, 4, 5, 6, 7, 8));
  expect(small).toMatchObject({ name: 'w', dims: [2], dataType: 1, elements: 2 });
  expect(small.storage).toEqual({ kind: 'inline', offset: 13, length: 8 });
  expect([...(small.small ?? [])]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(small.small?.buffer.byteLength).toBe(8);
  const large = await readTensor(packed(1, 5, 5), FLOAT, raw(...new Uint8Array(100)));
  expect(large).not.toHaveProperty('small');
});

test.each([
  ['UINT8', 2, 3, 3],
  ['INT4, two per byte', 22, 3, 2],
  ['UINT4', 21, 4, 2],
  ['FLOAT4E2M1', 23, 5, 3],
  ['INT2, four per byte', 26, 5, 2],
  ['COMPLEX128', 15, 2, 32],
  ['a type this table does not know', 99, 16, 2],
])('raw data of %s', async (_, type, elements, size) => {
  const tensor = await readTensor(int(1, elements), int(2, type), raw(...new Uint8Array(size)));
  expect(tensor).toMatchObject({ elements, storage: { length: size } });
});

test.each([
  ['packed float_data', 1, [2], len(4, new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8])), [1, 2, 3, 4, 5, 6, 7, 8]],
  ['unpacked float_data', 1, [1], float(4, 1), [0, 0, 128, 63]],
  ['double_data', 11, [], double(10, 1), [0, 0, 0, 0, 0, 0, 240, 63]],
  ['negative int64_data', 7, [1], packed(7, -2), [254, 255, 255, 255, 255, 255, 255, 255]],
  ['int8 in int32_data', 3, [2], packed(5, -1, 5), [255, 5]],
  ['float16 in int32_data', 10, [1], packed(5, 0x3c00), [0, 0x3c]],
  ['int4 in int32_data', 22, [3], packed(5, 0x21, 0x03), [0x21, 0x03]],
])('typed data as raw bytes: %s', async (_, type, dims, data, expected) => {
  const tensor = await readTensor(packed(1, ...dims), int(2, type), data);
  expect(tensor.storage.kind).toBe('typed');
  expect([...(tensor.small ?? [])]).toEqual(expected);
});

test('counts strings', async () => {
  const tensor = await readTensor(int(1, 2), int(2, 8), len(6, 'a'), len(6, ''));
  expect(tensor).toMatchObject({ elements: 2, storage: { kind: 'typed', bytes: 1 } });
});

test('a dimension of zero makes an empty tensor, whatever the others are', async () => {
  expect(await readTensor(int(1, 2 ** 52), int(1, 0), int(1, 2 ** 52), FLOAT)).toMatchObject({ elements: 0 });
});

test('external data: default offset, unknown length and foreign keys', async () => {
  const entry = (name: string, text: string) => len(13, len(1, name), len(2, text));
  const tensor = await readTensor(
    int(1, 4),
    FLOAT,
    entry('location', 'w.bin'),
    entry('checksum', 'x'),
    int(14, 1),
  );
  expect(tensor.storage).toEqual({ kind: 'external', at: 2, location: 'w.bin', offset: 0, length: null });
});

test('a sparse initializer counts its non-zeros', async () => {
  const values = len(1, int(1, 2), FLOAT, len(8, 's'), raw(...new Uint8Array(8)));
  const model = await read(
    graph(len(15, values, packed(3, 10, 10)), initializer(len(8, 'd'), FLOAT, raw(0, 0, 0, 0))),
  );
  expect(model.graph.initializers).toMatchObject([
    { name: 'd', elements: 1 },
    { name: 's', elements: 2, dims: [10, 10] },
  ]);
});

test('values: sizes, symbols, unknown dimensions, no shape, no tensor', async () => {
  const dims = [
    len(1, int(1, 4)),
    len(1, len(2, 'seq')),
    len(1),
    len(1, int(1, -1)),
    len(1, int(1, 3), len(2, 'n')),
  ];
  const shaped = len(2, len(1, int(1, 7), len(2, ...dims)));
  const model = await read(
    graph(
      len(11, len(1, 'x'), shaped),
      len(12, len(1, 'y'), len(2, len(1, int(1, 1)))),
      len(13, len(2, len(4))),
    ),
  );
  expect(model.graph.inputs).toEqual([{ name: 'x', elemType: 7, dims: [4, 'seq', null, null, 'n'] }]);
  expect(model.graph.outputs).toEqual([{ name: 'y', elemType: 1, dims: null }]);
  expect(model.graph.valueInfo).toEqual([{ name: '', elemType: 0, dims: null }]);
});

test('accepts integers that take more bytes than they need', async () => {
  const model = await read(
    bytes(key(1, 0), [0x88, 0x80, 0x80, 0x00]),
    graph(),
    bytes([0x98, 0x86, 0x80, 0x00], varint(1)),
  );
  expect(model.irVersion).toBe(8);
});

test('names that look like object members are ordinary names', async () => {
  const node = len(
    1,
    len(5, len(1, '__proto__'), int(3, 1), int(20, 2)),
    len(5, len(1, 'constructor'), int(20, 2)),
  );
  const model = await read(graph(node, initializer(len(8, '__proto__'), int(1, 0), FLOAT)));
  expect([...(model.graph.nodes[0]?.attributes.keys() ?? [])]).toEqual(['__proto__', 'constructor']);
});
