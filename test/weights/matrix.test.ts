import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MatrixId, TensorRole } from '../../src/core/types.js';
import { indexWeights, type WeightIndex, type WeightLayout } from '../../src/weights/matrix.js';
import { ropeInterleaved } from '../../src/weights/permutation.js';
import type { LogicalTensor } from '../../src/weights/types.js';

const LAYOUT: WeightLayout = {
  ggufArchitecture: null,
  modelType: null,
  attentionHeads: undefined,
  keyValueHeads: undefined,
  headDim: undefined,
};

/** A tensor whose numbers are those given, row by row. */
function tensor(
  role: Partial<TensorRole>,
  dims: readonly number[],
  numbers?: readonly number[],
): LogicalTensor {
  const size = dims.reduce((product, dim) => product * dim, 1);
  const values = Float32Array.from(numbers ?? Array.from({ length: size }, (_, at) => at));
  const columns = dims.at(-1) ?? 1;
  return {
    name: 't',
    dims,
    type: 'F32',
    bits: 32,
    role: { role: 'other', layer: 0, part: 'weight', ...role },
    parts: [],
    decode: async (_, from, count) => values.slice(from * columns, (from + count) * columns),
  };
}

const index = (tensors: readonly LogicalTensor[], layout: Partial<WeightLayout> = {}): WeightIndex =>
  indexWeights(tensors, { ...LAYOUT, ...layout }, async () => new Uint8Array());

async function numbers(weights: WeightIndex, id: MatrixId): Promise<number[][] | null> {
  const matrix = weights.matrix(id);
  if (matrix === null) return null;
  const values = await matrix.read(0, matrix.rows);
  return Array.from({ length: matrix.rows }, (_, row) => [
    ...values.slice(row * matrix.columns, (row + 1) * matrix.columns),
  ]);
}

describe('stored as they are used', () => {
  test('a matrix by its layer', async () => {
    const weights = index([tensor({ role: 'gate', layer: 3 }, [2, 2])]);
    expect(await numbers(weights, { role: 'gate', layer: 3 })).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(weights.matrix({ role: 'gate', layer: 2 })).toBeNull();
    expect(weights.catalogue).toEqual({ ids: [{ role: 'gate', layer: 3 }], undone: [], unplaced: 0 });
  });

  test('a vector is a matrix of one column, and a bias is not its weight', async () => {
    const weights = index([tensor({ role: 'key', part: 'bias' }, [3])]);
    expect(await numbers(weights, { role: 'key', layer: 0, part: 'bias' })).toEqual([[0], [1], [2]]);
    expect(weights.matrix({ role: 'key', layer: 0 })).toBeNull();
  });

  test('what has no place in the stack is not offered', () => {
    expect(index([tensor({ role: 'rotary' }, [4]), tensor({ role: 'other' }, [4])]).catalogue.ids).toEqual(
      [],
    );
  });
});

test('matrices without a place, or beside another in it, are counted', () => {
  const twice = [tensor({ role: 'up' }, [2, 2]), tensor({ role: 'up' }, [2, 3])];
  const { unplaced, ids } = index([
    ...twice,
    tensor({ role: 'other' }, [5, 2]),
    tensor({ role: 'other' }, [9]),
  ]).catalogue;
  expect([ids.length, unplaced]).toEqual([1, 16]);
});

describe('stored otherwise', () => {
  test('[in, out]', async () => {
    const weights = index([tensor({ role: 'down', transposed: true }, [2, 3])]);
    expect(await numbers(weights, { role: 'down', layer: 0 })).toEqual([
      [0, 3],
      [1, 4],
      [2, 5],
    ]);
    expect(weights.catalogue.undone).toEqual(['transposition']);
  });

  test('GPT-2: [in, query | key | value]', async () => {
    const fused = tensor({ role: 'query-key-value', transposed: true }, [1, 6]);
    const weights = index([fused], { modelType: 'gpt2', attentionHeads: 2, keyValueHeads: 2 });
    expect(await numbers(weights, { role: 'query', layer: 0 })).toEqual([[0], [1]]);
    expect(await numbers(weights, { role: 'value', layer: 0 })).toEqual([[4], [5]]);
    expect(weights.catalogue.undone).toEqual(['fused', 'transposition']);
  });

  test('Phi-3: query above grouped key and value, gate above up', async () => {
    const tensors = [tensor({ role: 'query-key-value' }, [8, 1]), tensor({ role: 'gate-up' }, [4, 1])];
    const weights = index(tensors, { modelType: 'phi3', attentionHeads: 2, keyValueHeads: 1, headDim: 2 });
    expect(await numbers(weights, { role: 'query', layer: 0 })).toEqual([[0], [1], [2], [3]]);
    expect(await numbers(weights, { role: 'key', layer: 0 })).toEqual([[4], [5]]);
    expect(await numbers(weights, { role: 'value', layer: 0 })).toEqual([[6], [7]]);
    expect(await numbers(weights, { role: 'up', layer: 0 })).toEqual([[2], [3]]);
  });

  test('a family whose fused layout is not known is not cut apart', () => {
    const weights = index([tensor({ role: 'query-key-value' }, [6, 1])], { modelType: 'falcon' });
    expect(weights.matrix({ role: 'query', layer: 0 })).toBeNull();
    expect(weights.catalogue.ids).toEqual([{ role: 'query-key-value', layer: 0 }]);
  });

  test('stacked experts', async () => {
    const weights = index([tensor({ role: 'up', expert: 'stacked' }, [3, 2, 1])]);
    expect(await numbers(weights, { role: 'up', layer: 0, expert: 1 })).toEqual([[2], [3]]);
    expect(weights.matrix({ role: 'up', layer: 0, expert: 3 })).toBeNull();
    expect(weights.catalogue.ids).toHaveLength(3);
  });

  test('DeepSeek’s kv_b in two halves, the keys transposed by head', async () => {
    const heads = 2;
    const [nope, value, rank] = [2, 1, 3];
    const whole = Array.from({ length: heads * (nope + value) * rank }, (_, at) => at);
    const at = (head: number, row: number, column: number): number =>
      whole[(head * (nope + value) + row) * rank + column] ?? Number.NaN;
    const keys = [0, 1].flatMap((head) => [0, 1, 2].flatMap((c) => [0, 1].map((r) => at(head, r, c))));
    const values = [0, 1].flatMap((head) => [0, 1, 2].map((c) => at(head, nope, c)));
    const weights = index(
      [
        tensor({ role: 'key-b' }, [heads, rank, nope], keys),
        tensor({ role: 'value-b' }, [heads, value, rank], values),
      ],
      { attentionHeads: heads },
    );
    const joined = weights.matrix({ role: 'key-value-b', layer: 0 });
    expect([...((await joined?.read(0, 6)) ?? [])]).toEqual(whole);
    expect([...((await joined?.read(2, 3)) ?? [])]).toEqual(whole.slice(2 * rank, 5 * rank));
  });
});

describe('llama.cpp’s order of query and key rows', () => {
  /** reshape(heads, 2, size / 2).swap(1, 2), as its converter does. */
  const interleave = (rows: readonly number[], heads: number): number[] => {
    const half = rows.length / heads / 2;
    return Array.from({ length: heads }, (_, head) =>
      rows.slice(head * 2 * half, (head + 1) * 2 * half),
    ).flatMap((head) => head.slice(0, half).flatMap((value, at) => [value, head[half + at] ?? Number.NaN]));
  };

  test('is undone for any heads, in any window of rows', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 6 }),
        fc.nat(),
        fc.nat(),
        async (heads, half, a, b) => {
          const rows = heads * 2 * half;
          const plain = Array.from({ length: rows }, (_, row) => row);
          const stored = tensor({ role: 'query' }, [rows, 1], interleave(plain, heads));
          const weights = index([stored], { ggufArchitecture: 'llama', attentionHeads: heads });
          const [from, to] = [a % (rows + 1), b % (rows + 1)].sort((x, y) => x - y) as [number, number];
          const read = await weights.matrix({ role: 'query', layer: 0 })?.read(from, to - from);
          expect([...(read ?? [])]).toEqual(plain.slice(from, to));
        },
      ),
    );
  });

  test('Qwen 2 keeps its own order', async () => {
    const weights = index([tensor({ role: 'query' }, [4, 1])], {
      ggufArchitecture: 'qwen2',
      attentionHeads: 1,
    });
    expect(await numbers(weights, { role: 'query', layer: 0 })).toEqual([[0], [1], [2], [3]]);
    expect(weights.catalogue.undone).toEqual([]);
  });

  test('a permutation of each head', () => {
    const rows = Array.from({ length: 12 }, (_, row) => ropeInterleaved(row, 6)).sort((a, b) => a - b);
    expect(rows).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  });
});
