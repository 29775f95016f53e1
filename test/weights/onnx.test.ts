import { open } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { MatrixId } from '../../src/core/types.js';
import { findLattice } from '../../src/fingerprint/lattice.js';
import { readOnnx } from '../../src/formats/onnx/read.js';
import { onnxLogicalTensors } from '../../src/sources/onnx-logical.js';
import { indexGraph } from '../../src/tap/graph-index.js';
import { indexWeights, type WeightIndex } from '../../src/weights/matrix.js';
import type { LogicalTensor, ReadTensor } from '../../src/weights/types.js';
import { bytesOf } from '../support/bytes.js';
import { FIXTURES, fixture } from '../support/onnx.js';

const MODEL = 'model.onnx';
const LAYOUT = {
  ggufArchitecture: null,
  modelType: 'llama',
  attentionHeads: undefined,
  keyValueHeads: undefined,
  headDim: undefined,
};

async function load(path: string): Promise<{ tensors: LogicalTensor[]; index: WeightIndex }> {
  const { graph } = await readOnnx(bytesOf(Buffer.from(fixture(path)), MODEL));
  const tensors = onnxLogicalTensors(indexGraph(graph), MODEL);
  return { tensors, index: indexWeights(tensors, LAYOUT, reader(path)) };
}

function reader(path: string): ReadTensor {
  return async ({ file, offset: start }, offset, length) => {
    expect(file).toBe(MODEL);
    const opened = await open(`${FIXTURES}${path}`);
    const { buffer } = await opened.read(new Uint8Array(length), 0, length, start + offset);
    await opened.close();
    return buffer;
  };
}

async function numbers({ matrix }: WeightIndex, id: MatrixId): Promise<Float32Array> {
  const found = matrix(id);
  return found ? found.read(0, found.rows) : new Float32Array();
}

/** Length of the difference over the length of the original. */
function distance(copy: Float32Array, original: Float32Array): number {
  const square = (values: Float32Array): number => values.reduce((sum, value) => sum + value * value, 0);
  return Math.sqrt(square(original.map((value, i) => value - (copy[i] as number))) / square(original));
}

const PROJECTIONS = ['query', 'key', 'value', 'output', 'gate', 'up', 'down'] as const;
const QUILL = 'models/quill/full-1/onnx/model.onnx';

/** A matrix by the name of its module, as [out, in]; these exports name modules in their own way. */
async function byModule(tensors: LogicalTensor[], path: string, name: string): Promise<Float32Array> {
  const tensor = tensors.find((each) => each.name.startsWith(name) && each.dims.length === 2);
  const [rows = 0, columns = 0] = tensor?.dims ?? [];
  const all = await tensor?.decode(reader(path), 0, rows);
  if (!tensor?.role?.transposed) return all ?? new Float32Array();
  return Float32Array.from(
    { length: rows * columns },
    (_, i) => all?.[(i % rows) * columns + Math.floor(i / rows)] ?? 0,
  );
}

describe('quantized graphs hold what the float graph of the same model holds', () => {
  test.each([
    ['MatMulNBits', 'exports/int4/graph.onnx', 4, 32, 0.12],
    ['QDQ', 'exports/qdq/graph.onnx', 8, 64, 0.012],
  ])('%s', async (method, path, bits, group, most) => {
    const [copy, original] = [await load(path), await load(QUILL)];
    const modules = {
      query: 'q_proj',
      key: 'k_proj',
      output: 'o_proj',
      gate: 'gate_proj',
      up: 'up_proj',
    } as const;
    for (const [role, module] of Object.entries(modules)) {
      const name = `layers.1.${module}`;
      const found = copy.tensors.find((each) => each.name.startsWith(name));
      expect(found?.quantization, name).toEqual({ method, bits, group });
      const a = await byModule(copy.tensors, path, name);
      const b = await numbers(original.index, { role: role as MatrixId['role'], layer: 1 });
      expect(a.length, name).toBe(b.length);
      expect(distance(a, b), name).toBeLessThan(most);
      expect(distance(a, b), name).toBeGreaterThan(1e-4);
    }
  });

  test('dynamic int8', async () => {
    const [copy, original] = [
      await load('models/quill/full-1-int8/onnx/model_quantized.onnx'),
      await load(QUILL),
    ];
    for (let layer = 0; layer < 4; layer++)
      for (const role of PROJECTIONS) {
        const found = copy.tensors.find((each) => each.role?.role === role && each.role.layer === layer);
        expect(found?.quantization).toMatchObject({ method: 'dynamic-int8', bits: 8, group: found?.dims[0] });
        const [a, b] = [
          await numbers(copy.index, { role, layer }),
          await numbers(original.index, { role, layer }),
        ];
        expect(a.length, `${role} ${layer}`).toBe(b.length);
        expect(distance(a, b), `${role} ${layer}`).toBeLessThan(0.012);
        expect(distance(a, b), `${role} ${layer}`).toBeGreaterThan(1e-4);
      }
  });

  test('half precision is the same numbers, rounded', async () => {
    const [half, full] = [await load('models/quill/full-1-f16/onnx/model.onnx'), await load(QUILL)];
    for (const role of PROJECTIONS) {
      const [a, b] = [
        await numbers(half.index, { role, layer: 1 }),
        await numbers(full.index, { role, layer: 1 }),
      ];
      expect(distance(a, b)).toBeLessThan(4e-4);
    }
  });
});

describe('grids in trained models', () => {
  const sample = async (path: string): Promise<{ kinds: Set<string>; matrices: number }> => {
    const { index } = await load(path);
    const kinds = new Set<string>();
    let matrices = 0;
    for (const id of index.catalogue.ids.filter(
      ({ role, part }) => /query|value|output|up|down/.test(role) && !part,
    )) {
      const { columns = 1 } = index.matrix(id) ?? {};
      const { lattice, abstained } = findLattice(await numbers(index, id), columns);
      if (!abstained) matrices++;
      if (lattice) kinds.add(`${lattice.kind} ${lattice.bits}`);
    }
    return { kinds, matrices };
  };

  test.each([
    ['models/quill/full-1/onnx/model.onnx', 12],
    ['models/quill/full-1-f16/onnx/model.onnx', 12],
    ['models/folio/full-1/onnx/model.onnx', 8],
  ])('%s is on none', async (path, least) => {
    const { kinds, matrices } = await sample(path);
    expect([...kinds]).toEqual([]);
    expect(matrices).toBeGreaterThanOrEqual(least);
  });

  test('dequantized int8 is on one', async () => {
    const { kinds } = await sample('models/quill/full-1-int8/onnx/model_quantized.onnx');
    expect([...kinds]).toEqual(['uniform 8']);
  });
});
