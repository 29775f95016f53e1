import { describe, expect, test } from 'vitest';
import type { ModelStructure, Role, WeightsCapability, WeightTensor } from '../../src/core/types.js';
import { headRepeatsEmbedding } from '../../src/fingerprint/repeated-head.js';

const ROWS = 100;

function model(
  head: (row: number) => number,
  type: Partial<Record<Role, Partial<WeightTensor>>> = {},
): Promise<boolean | undefined> {
  const values: Partial<Record<Role, (row: number) => number>> = { embedding: (row) => row + 1, head };
  const tensors = (['embedding', 'head'] as const).map((role) => ({
    name: role,
    dims: [ROWS, 2],
    type: 'BF16',
    bits: 16,
    role: { role, layer: null, part: 'weight' as const },
    ...type[role],
  }));
  const weights = {
    matrix: async ({ role }: { role: Role }) => ({
      rows: ROWS,
      columns: 2,
      read: async (row: number) => Float32Array.of(values[role]?.(row) ?? 0, -(values[role]?.(row) ?? 0)),
    }),
  };
  return headRepeatsEmbedding(
    weights as unknown as WeightsCapability,
    { tensors } as unknown as ModelStructure,
  );
}

describe('an output matrix beside the embedding', () => {
  test('with its numbers is a copy', async () => {
    expect(await model((row) => row + 1)).toBe(true);
  });

  test('with other numbers is its own', async () => {
    expect(await model((row) => row + 1.01)).toBe(false);
  });

  test('rounded otherwise may be either', async () => {
    const quantization = { method: 'Q4_0', bits: 4, group: 32 };
    expect(await model((row) => row + 1.01, { embedding: { quantization } })).toBeUndefined();
    expect(await model((row) => row + 1.01, { head: { type: 'F16' } })).toBeUndefined();
  });

  test('rounded otherwise and pointing elsewhere is its own', async () => {
    const quantization = { method: 'Q4_0', bits: 4, group: 32 };
    expect(await model((row) => -row - 1, { embedding: { quantization } })).toBe(false);
  });

  test('rounded alike and equal is a copy', async () => {
    const quantization = { method: 'Q8_0', bits: 8, group: 32 };
    expect(await model((row) => row + 1, { embedding: { quantization }, head: { quantization } })).toBe(true);
  });

  test('of nothing but zeros shows nothing: a file of holes', async () => {
    const weights = { matrix: async () => ({ rows: 4, columns: 2, read: async () => new Float32Array(2) }) };
    expect(
      await headRepeatsEmbedding(
        weights as unknown as WeightsCapability,
        { tensors: [] } as unknown as ModelStructure,
      ),
    ).toBeUndefined();
  });
});
