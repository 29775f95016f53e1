import { dirname } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { selfExternal } from '../../../src/formats/onnx/externalize.js';
import { readOnnx } from '../../../src/formats/onnx/read.js';
import { rewriteOnnx } from '../../../src/formats/onnx/rewrite.js';
import type { OnnxModel } from '../../../src/formats/onnx/types.js';
import { bytesOf } from '../../support/bytes.js';
import { FIXTURES, FLOAT, failure, fixture, graph, initializer } from '../../support/onnx.js';
import { bytes, int, len } from '../../support/protobuf.js';

/** Token ids 1…n, everything attended, an empty cache. */
function feeds({ graph }: OnnxModel, tokens: number): Record<string, Tensor> {
  const made = graph.inputs.map(({ name, elemType, dims }) => {
    const past = name.startsWith('past_key_values');
    const shape = (dims ?? []).map((dim, axis) => {
      if (typeof dim === 'number') return dim;
      return axis === 0 ? 1 : past ? 0 : tokens;
    });
    const size = shape.reduce((a, b) => a * b, 1);
    if (elemType !== 7) {
      return [
        name,
        elemType === 10
          ? new Tensor('float16', new Uint16Array(size), shape)
          : new Tensor('float32', new Float32Array(size), shape),
      ];
    }
    const start = name === 'position_ids' ? 0 : 1;
    const ids = BigInt64Array.from({ length: size }, (_, i) =>
      name === 'attention_mask' ? 1n : BigInt(start + i),
    );
    return [name, new Tensor('int64', ids, shape)];
  });
  return Object.fromEntries(made);
}

async function logits(session: InferenceSession, inputs: Record<string, Tensor>): Promise<unknown> {
  const found = (await session.run(inputs)).logits?.data;
  await session.release();
  return found;
}

describe('on real models', () => {
  test.each([
    'quill/full-1/onnx/model.onnx',
    'quill/full-1-f16/onnx/model.onnx',
    'quill/full-1-int8/onnx/model_quantized.onnx',
    'folio/full-1-attn/onnx/model.onnx',
    'folio/full-2/onnx/model.onnx',
  ])('%s gives bit-identical logits', async (path) => {
    const file = `${FIXTURES}models/${path}`;
    const source = bytesOf(fixture(`models/${path}`), path);
    const moved = await rewriteOnnx(source, { place: selfExternal(path.split('/').at(-1) ?? '') });
    const inputs = feeds(await readOnnx(source), 8);
    const options = { extra: { session: { model_external_initializers_file_folder_path: dirname(file) } } };
    const expected = await logits(await InferenceSession.create(file), inputs);
    const found = await logits(await InferenceSession.create(moved, options), inputs);
    expect(found).toEqual(expected);
    expect(new Set(found as Float32Array).size).toBeGreaterThan(1000);
  });

  test('only the storage of large initializers changes', async () => {
    const source = bytesOf(fixture('models/quill/full-1/onnx/model.onnx'), 'model.onnx');
    const before = await readOnnx(source);
    const moved = await rewriteOnnx(source, { place: selfExternal('model.onnx') });
    const after = await readOnnx(bytesOf(moved));
    const plain = ({ graph, ...rest }: OnnxModel) => ({
      ...rest,
      graph: {
        ...graph,
        initializers: graph.initializers.map(({ name, dims, elements }) => ({ name, dims, elements })),
      },
      nodes: graph.nodes.map(({ name, opType, inputs, outputs }) => ({ name, opType, inputs, outputs })),
    });
    expect(moved.byteLength).toBeLessThan(100_000);
    expect(JSON.stringify(plain(after).nodes)).toBe(JSON.stringify(plain(before).nodes));
    expect(plain(after).graph.initializers).toEqual(plain(before).graph.initializers);
    for (const [i, { storage }] of before.graph.initializers.entries()) {
      const kind = storage.kind === 'inline' && storage.length >= 1024 ? 'external' : 'inline';
      expect(after.graph.initializers[i]?.storage).toMatchObject({ kind });
    }
  });
});

describe('on crafted models', () => {
  const tensor = (size: number, ...more: readonly Uint8Array[]) =>
    initializer(len(8, `w${size}`), int(1, size / 4), FLOAT, ...more);
  const raw = (size: number) => len(9, new Uint8Array(size));

  test('copies everything else byte for byte, in every graph field', async () => {
    const parts = [
      int(1, 8),
      len(99, 'unknown'),
      graph(len(1, len(4, 'A')), tensor(8, raw(8))),
      len(25, len(1, 'f'), len(10, 'local')),
    ];
    const moved = await rewriteOnnx(bytesOf(bytes(...parts, graph(tensor(4096, raw(4096))))), {
      place: selfExternal('m.onnx'),
    });
    const unchanged = bytes(...parts);
    expect(moved.subarray(0, unchanged.byteLength)).toEqual(unchanged);
    const { initializers } = (await readOnnx(bytesOf(moved))).graph;
    expect(initializers.map(({ storage }) => storage.kind)).toEqual(['inline', 'external']);
  });

  test('leaves external and typed data as they are', async () => {
    const entry = len(13, len(1, 'location'), len(2, 'other.bin'));
    const model = graph(tensor(4096, entry, int(14, 1)), tensor(2048, len(4, new Uint8Array(2048))));
    expect(await rewriteOnnx(bytesOf(model), { place: selfExternal('m.onnx') })).toEqual(model);
  });

  test('rejects what the reader rejects', async () => {
    const source = bytesOf(graph(tensor(4096, raw(4097))), 'm.onnx');
    expect((await failure(rewriteOnnx(source, { place: selfExternal('m.onnx') }))).code).toBe(
      'FORMAT_INVALID',
    );
    expect((await failure(rewriteOnnx(bytesOf(int(1, 8)), { place: selfExternal('m.onnx') }))).code).toBe(
      'FORMAT_INVALID',
    );
  });
});
