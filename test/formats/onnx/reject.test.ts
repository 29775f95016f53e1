import { describe, expect, test } from 'vitest';
import { MAX_NODES } from '../../../src/formats/onnx/limits.js';
import { readOnnx } from '../../../src/formats/onnx/read.js';
import { bytesOf } from '../../support/bytes.js';
import { FLOAT, failure, graph, initializer, nodeWith, read, readTensor } from '../../support/onnx.js';
import { bytes, double, float, int, key, len, packed, varint } from '../../support/protobuf.js';

const raw = (size: number) => len(9, new Uint8Array(size));
const entry = (name: string, text: string) => len(13, len(1, name), len(2, text));
const at = entry('location', 'w.bin');

describe('wire format', () => {
  test.each([
    ['a group', bytes(key(99, 3))],
    ['an end of group', bytes(key(99, 4))],
    ['wire type 6', bytes(key(99, 6))],
    ['field number 0', bytes(key(0, 0), [0])],
    ['a field number above 2^29', bytes(varint(2n ** 32n), [0])],
    ['a varint of eleven bytes', bytes(key(99, 0), new Uint8Array(10).fill(0x80), [0])],
    ['a varint of 65 bits', bytes(key(99, 0), new Uint8Array(9).fill(0x80), [2])],
    ['a known field of another type', len(1, 'x')],
    ['a graph that is a number', int(7, 1)],
    ['a version beyond 2^53', int(1, 2n ** 53n)],
    ['a message that ends inside a varint', bytes(len(7, Uint8Array.of(0x0a, 0x80)), int(1, 8))],
    ['a message that ends inside a 32-bit value', bytes(len(7, key(99, 5)), int(1, 8), int(1, 8))],
    ['a field longer than its message', bytes(len(7, key(1, 2), Uint8Array.of(9)), new Uint8Array(20))],
    ['a name that is not UTF-8', graph(len(2, Uint8Array.of(0xff)))],
    ['a packed list that ends inside a value', graph(nodeWith(len(8, Uint8Array.of(0x80))))],
  ])('%s is invalid', async (_, model) => {
    expect((await failure(read(graph(), model))).code).toBe('FORMAT_INVALID');
  });

  test.each([
    ['inside a key', Uint8Array.of(0x80)],
    ['inside a varint', bytes(key(1, 0), [0x80])],
    ['inside a 64-bit value', bytes(key(99, 1), [0, 0, 0])],
    ['before the length', key(7, 2)],
    ['inside a message', bytes(key(7, 2), varint(100), [0])],
    ['before a length of 2^60', bytes(key(7, 2), varint(2n ** 60n))],
  ])('a file that ends %s is truncated', async (_, model) => {
    expect((await failure(read(graph(), model))).code).toBe('FORMAT_TRUNCATED');
  });

  test('every cut of a model is reported, and none reads as complete', async () => {
    const model = graph(nodeWith(int(3, 1)), initializer(len(8, 'w'), int(1, 2), FLOAT, raw(8)));
    for (let size = 1; size < model.byteLength; size++) {
      expect((await failure(read(model.subarray(0, size)))).code).toBe('FORMAT_TRUNCATED');
    }
  });

  test('a source that returns too little is truncated', async () => {
    const source = { size: 1000, name: 'short.onnx', read: async () => graph() };
    expect((await failure(readOnnx(source))).code).toBe('FORMAT_TRUNCATED');
  });
});

describe('tensors', () => {
  test.each([
    ['a negative dimension', [int(1, -1), FLOAT, raw(4)]],
    ['a dimension beyond 2^53', [int(1, 2n ** 62n), FLOAT, raw(4)]],
    ['a product beyond 2^53', [packed(1, 2 ** 30, 2 ** 30), FLOAT, raw(4)]],
    ['raw data too short', [int(1, 2), FLOAT, raw(7)]],
    ['raw data too long', [int(1, 2), FLOAT, raw(9)]],
    ['int4 data not packed', [int(1, 4), int(2, 22), raw(4)]],
    ['no data', [int(1, 2), FLOAT]],
    ['no type', [int(1, 1), raw(4)]],
    ['a negative type', [int(1, 1), int(2, -1), raw(4)]],
    ['a type beyond 32 bits', [int(1, 1), int(2, 2 ** 32 + 1), raw(4)]],
    ['raw strings', [int(1, 1), int(2, 8), raw(4)]],
    ['too few strings', [int(1, 2), int(2, 8), len(6, 'a')]],
    ['an unknown type with less than a bit per element', [int(1, 9), int(2, 99), raw(1)]],
    ['raw and typed data', [int(1, 1), FLOAT, raw(4), float(4, 1)]],
    ['typed data of another type', [int(1, 1), FLOAT, double(10, 1)]],
    ['a typed element of another wire type', [int(1, 1), FLOAT, double(4, 1)]],
    ['too few typed values', [int(1, 3), int(2, 7), packed(7, 1, 2)]],
    ['typed bytes that are no whole value', [int(1, 1), FLOAT, len(4, new Uint8Array(5))]],
    ['raw and external data', [int(1, 1), FLOAT, raw(4), at, int(14, 1)]],
    ['an unknown data location', [int(1, 1), FLOAT, raw(4), int(14, 2)]],
    ['no external location', [int(1, 1), FLOAT, int(14, 1)]],
    ['two external locations', [int(1, 1), FLOAT, at, at, int(14, 1)]],
    ['a negative external offset', [int(1, 1), FLOAT, at, entry('offset', '-1'), int(14, 1)]],
    [
      'an external offset beyond 2^53',
      [int(1, 1), FLOAT, at, entry('offset', '9007199254740992'), int(14, 1)],
    ],
    ['an external length that is no number', [int(1, 1), FLOAT, at, entry('length', '4 '), int(14, 1)]],
    ['an external length against the shape', [int(1, 1), FLOAT, at, entry('length', '8'), int(14, 1)]],
  ])('%s is invalid', async (_, fields) => {
    expect((await failure(readTensor(len(8, 'w'), ...fields))).code).toBe('FORMAT_INVALID');
  });

  test('a sparse tensor with more values than elements is invalid', async () => {
    const values = len(1, int(1, 2), FLOAT, raw(8));
    expect((await failure(read(graph(len(15, values, int(3, 1)))))).code).toBe('FORMAT_INVALID');
  });
});

describe('ambiguity', () => {
  const tensor = initializer(len(8, 'w'), int(1, 0), FLOAT);
  const attribute = len(5, len(1, 'a'), int(3, 1), int(20, 2));
  test.each([
    ['two initializers of one name', graph(tensor, tensor)],
    ['two initializers of one name in merged graphs', bytes(graph(tensor), graph(tensor))],
    ['two attributes of one name', graph(len(1, attribute, attribute))],
    ['two versions of one domain', bytes(len(8, int(2, 1)), len(8, len(1, 'ai.onnx'), int(2, 2)))],
  ])('%s are invalid', async (_, model) => {
    expect((await failure(read(graph(), model))).code).toBe('FORMAT_INVALID');
  });
});

describe('limits', () => {
  test('a name', async () => {
    expect((await failure(read(graph(len(2, 'x'.repeat(20_000)))))).code).toBe('FORMAT_LIMIT');
  });

  test('dimensions of a tensor and of a shape', async () => {
    const shape = len(2, ...Array.from({ length: 65 }, () => len(1)));
    const value = len(11, len(2, len(1, shape)));
    expect((await failure(readTensor(packed(1, ...Array(65).fill(1)), FLOAT))).code).toBe('FORMAT_LIMIT');
    expect((await failure(read(graph(value)))).code).toBe('FORMAT_LIMIT');
  });

  test('nested graphs', async () => {
    const nest = (depth: number): Uint8Array => {
      let inner = new Uint8Array(0);
      for (let i = 0; i < depth; i++) inner = nodeWith(len(6, inner), int(20, 5)) as typeof inner;
      return graph(inner);
    };
    await expect(read(nest(32))).resolves.toBeDefined();
    expect((await failure(read(nest(33)))).code).toBe('FORMAT_LIMIT');
  });

  test('nodes', async () => {
    const nodes = new Uint8Array(2 * (MAX_NODES + 1));
    for (let i = 0; i < nodes.length; i += 2) nodes[i] = 0x0a;
    expect(await failure(read(graph(nodes)))).toMatchObject({ code: 'FORMAT_LIMIT', fault: 'ONNX_NODES' });
  });

  test('a packed list', async () => {
    const list = bytes(key(8, 2), varint(17 * 2 ** 20));
    const source = claimed(list, 17 * 2 ** 20);
    expect(await failure(readOnnx(source))).toMatchObject({
      code: 'FORMAT_LIMIT',
      fault: 'ONNX_LIST_LENGTH',
    });
  });

  test('memory for two-byte messages', async () => {
    const values = new Uint8Array(2 ** 22);
    for (let i = 0; i < values.length; i += 2) values[i] = 0x6a;
    expect(await failure(read(graph(values)))).toMatchObject({ code: 'FORMAT_LIMIT', fault: 'ONNX_MEMORY' });
  });

  /** A model whose one attribute ends in `tail`, followed by `length` zero bytes that exist only on demand. */
  function claimed(tail: Uint8Array, length: number) {
    const open = (field: number, size: number) => bytes(key(field, 2), varint(size));
    const attribute = bytes(open(5, tail.length + length), tail);
    const node = bytes(open(1, attribute.length + length), attribute);
    const head = bytes(open(7, node.length + length), node);
    return {
      size: head.length + length,
      name: 'claimed.onnx',
      read: async (offset: number, size: number) => {
        const out = new Uint8Array(size);
        if (offset < head.length) out.set(head.subarray(offset, offset + size));
        return out;
      },
    };
  }
});

describe('other files', () => {
  test.each([
    ['', /empty/, /download/i],
    ['version https://git-lfs.github.com/spec/v1\noid sha256:00\n', /Git LFS/, /git lfs pull/],
    ['\n<!DOCTYPE html><html>', /web page/, /login/],
    ['{"error":"Unauthorized"}', /JSON/, /\.onnx/],
    ['GGUF\u0003', /GGUF/, /GGUF/],
    ['PK\u0003\u0004', /zip/, /export/],
    ['Entry not found', /byte 0/, /not an ONNX model/],
  ])('%j', async (text, message, hint) => {
    const error = await failure(readOnnx(bytesOf(new TextEncoder().encode(text), 'model.onnx')));
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
    expect(error.code).toMatch(text === 'Entry not found' ? /^FORMAT_/ : /^FORMAT_INVALID$/);
  });

  test('a model without a graph', async () => {
    expect((await failure(read(int(1, 8)))).message).toContain('without a graph');
  });
});

test('messages name the file and the place, and escape the names they quote', async () => {
  const error = await failure(
    read(graph(initializer(len(8, `\n${'w'.repeat(200)}`), int(1, 1), FLOAT, raw(5)))),
  );
  expect(error.message).toMatch(
    /^crafted\.onnx: at byte 3, tensor "\\nw{79}…" has 5 bytes; 1 elements of FLOAT take 4$/,
  );
});

test('quoted names cannot steer a terminal', async () => {
  const error = await failure(read(graph(initializer(len(8, 'a\u009b2J\u202eb'), int(1, 1), FLOAT, raw(5)))));
  expect(error.message).toContain('"a\\u{9b}2J\\u{202e}b"');
});

test('stops when aborted', async () => {
  const signal = AbortSignal.abort(new Error('stop'));
  expect((await failure(readOnnx(bytesOf(graph()), { signal }))).code).toBe('ABORTED');
});
