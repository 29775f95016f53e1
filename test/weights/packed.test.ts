import { describe, expect, test } from 'vitest';
import type { Quantization, StoredTensor } from '../../src/core/types.js';
import { describingTensors, logicalTensors } from '../../src/weights/logical.js';
import { bytesOf, floatsOf, golden, readsFrom, worst } from '../support/quantized.js';

interface Case {
  readonly name: string;
  readonly config: Record<string, unknown> | null;
  readonly tensors: readonly { name: string; dtype: string; dims: number[]; data: string }[];
  readonly dims: readonly number[];
  readonly quantization: Quantization;
  readonly values: string;
}
const FAMILIES = ['gptq', 'awq', 'compressed-tensors', 'int8', 'mlx', 'fp8', 'fp4', 'bitsandbytes'];
const cases = FAMILIES.flatMap((family) => golden<{ cases: Case[] }>(`${family}.json`).cases);
/** One rounding of a product to binary32. */
const ROUNDING = 2 ** -24;

describe('packed matrices are named and decoded', () => {
  test.each(cases.map((each) => [each.name, each] as const))('%s', async (_, packed) => {
    const { data, stored } = load(packed);
    const contents = new Map(
      describingTensors(stored).map(({ name }) => [name, data.get(name) as Uint8Array]),
    );
    const logical = logicalTensors(stored, { config: packed.config, contents });
    expect(logical).toHaveLength(1);
    const [weight] = logical;
    expect({ ...weight?.quantization }).toEqual(packed.quantization);
    expect(weight?.dims).toEqual(packed.dims);
    expect(weight?.bits).toBe(packed.quantization.bits);
    expect(new Set(weight?.parts)).toEqual(new Set(stored));
    const expected = floatsOf(packed.values);
    const rows = packed.dims.slice(0, -1).reduce((product, dim) => product * dim, 1);
    const columns = packed.dims.at(-1) as number;
    const all = (await weight?.decode(readsFrom(data), 0, rows)) as Float32Array;
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(worst(all, expected)).toBeLessThanOrEqual(2 * largest * ROUNDING);
    const [from, count] = [3, Math.min(5, rows - 3)];
    const some = await weight?.decode(readsFrom(data), from, count);
    expect(some).toEqual(all.subarray(from * columns, (from + count) * columns));
  });
});

function load({ tensors }: Case): { data: Map<string, Uint8Array>; stored: StoredTensor[] } {
  const data = new Map(tensors.map((tensor) => [tensor.name, bytesOf(tensor.data)]));
  const stored = tensors.map(({ name, dtype, dims }) => ({
    name,
    dtype,
    dims,
    file: 'model.safetensors',
    offset: 0,
    bytes: data.get(name)?.length ?? 0,
  }));
  return { data, stored };
}
