import { expect, test } from 'vitest';
import { selfExternal } from '../../../src/formats/onnx/externalize.js';
import { readOnnx } from '../../../src/formats/onnx/read.js';
import { rewriteOnnx } from '../../../src/formats/onnx/rewrite.js';
import { WINDOW_BYTES } from '../../../src/formats/window.js';
import { FLOAT, failure, graph } from '../../support/onnx.js';
import { bytes, int, key, len, varint } from '../../support/protobuf.js';

const GIB = 2 ** 30;

/** A file with one tensor of zeros per size that is never in memory; counts what is read of it. */
function hollow(sizes: readonly number[]) {
  const pieces: { readonly at: number; readonly data: Uint8Array }[] = [];
  let at = 0;
  const put = (data: Uint8Array) => {
    pieces.push({ at, data });
    at += data.byteLength;
  };
  const tensors = sizes.map((size, i) => {
    const head = bytes(len(8, `w${i}`), int(1, size / 4), FLOAT, key(9, 2), varint(size));
    return { size, head: bytes(key(5, 2), varint(head.length + size), head) };
  });
  put(bytes(key(7, 2), varint(tensors.reduce((sum, { size, head }) => sum + size + head.length, 0))));
  for (const { size, head } of tensors) {
    put(head);
    at += size;
  }
  put(int(1, 8));
  const source = {
    size: at,
    name: 'hollow.onnx',
    bytesRead: 0,
    async read(offset: number, length: number) {
      source.bytesRead += length;
      const out = new Uint8Array(length);
      for (const piece of pieces) {
        for (let i = 0; i < piece.data.length; i++) {
          const to = piece.at + i - offset;
          if (to >= 0 && to < length) out[to] = piece.data[i] as number;
        }
      }
      return out;
    },
  };
  return source;
}

test('a file of 9 GiB costs a few windows', async () => {
  const source = hollow([3 * GIB, 4096, 6 * GIB]);
  const { graph, irVersion } = await readOnnx(source);
  expect(irVersion).toBe(8);
  expect(graph.initializers.map(({ elements }) => elements)).toEqual([0.75 * GIB, 1024, 1.5 * GIB]);
  expect(graph.initializers[2]?.storage).toMatchObject({ length: 6 * GIB });
  expect(source.bytesRead).toBeLessThan(5 * WINDOW_BYTES);
});

test('externalize keeps offsets beyond 4 GiB and reads no weights', async () => {
  const source = hollow([3 * GIB, 3 * GIB, 64]);
  const original = await readOnnx(source);
  const before = source.bytesRead;
  const graph = await rewriteOnnx(source, { place: selfExternal('hollow.onnx') });
  expect(graph.byteLength).toBeLessThan(400);
  expect(source.bytesRead - before).toBeLessThan(6 * WINDOW_BYTES);
  const moved = await readOnnx({
    size: graph.byteLength,
    name: 'g',
    read: async (o, n) => graph.subarray(o, o + n),
  });
  expect(moved.graph.initializers.map(({ storage }) => storage)).toMatchObject(
    original.graph.initializers.map(({ storage }, i) =>
      i === 2 ? { kind: 'inline' } : { ...storage, kind: 'external', location: 'hollow.onnx' },
    ),
  );
});

test('no read is larger than a window, and the bytes read grow with the file', async () => {
  const measure = async (tensors: number) => {
    const source = hollow(Array.from({ length: tensors }, () => 2048));
    await readOnnx(source);
    return source.bytesRead / source.size;
  };
  expect(await measure(100)).toBeLessThan(1.2);
  expect(await measure(1000)).toBeLessThan(1.2);
});

test('externalize copies no more than its limit', async () => {
  const head = bytes(key(99, 2), varint(GIB));
  const source = {
    size: head.length + GIB,
    name: 'bulk.onnx',
    read: async (offset: number, length: number) =>
      bytes(head.subarray(offset), new Uint8Array(length)).subarray(0, length),
  };
  const error = await failure(rewriteOnnx(source, { place: selfExternal('bulk.onnx') }));
  expect(error).toMatchObject({ code: 'FORMAT_LIMIT', fault: 'ONNX_COPY_SIZE' });
});

test('externalize notices a file that shrinks while it is copied', async () => {
  const model = graph(len(2, 'x'.repeat(500)), len(99, new Uint8Array(2 * WINDOW_BYTES)));
  let reads = 0;
  const source = {
    size: model.byteLength,
    name: 'shrinking.onnx',
    read: async (offset: number, length: number) =>
      model.subarray(offset, offset + (++reads > 2 ? 10 : length)),
  };
  expect((await failure(rewriteOnnx(source, { place: selfExternal('shrinking.onnx') }))).code).toBe(
    'FORMAT_TRUNCATED',
  );
});
