import { expect, test } from 'vitest';
import type { StoredTensor } from '../../src/core/types.js';
import { logicalTensors } from '../../src/weights/logical.js';

function stored(name: string, dtype: string, dims: number[], bytes: number): StoredTensor {
  return { name, dtype, dims, file: 'model.safetensors', offset: 0, bytes };
}

test('plain floats keep their dimensions and decode row by row', async () => {
  const bytes = new Uint8Array(new Uint16Array([0x3f80, 0xc000, 0x0001, 0x7f80]).buffer);
  const [weight] = logicalTensors([stored('w', 'BF16', [2, 2], 8)]);
  expect(weight).toMatchObject({ dims: [2, 2], type: 'BF16', bits: 16 });
  expect(weight?.quantization).toBeUndefined();
  const row = await weight?.decode(async (_, at, length) => bytes.subarray(at, at + length), 1, 1);
  expect(row).toEqual(Float32Array.of(2 ** -133, Number.POSITIVE_INFINITY));
  await expect(weight?.decode(async () => bytes, 2, 1)).rejects.toThrow(RangeError);
});

test('a ggml block type is a quantization', () => {
  const [weight] = logicalTensors([stored('blk.0.ffn_up.weight', 'Q4_0', [3, 64], 108)]);
  expect(weight).toMatchObject({ bits: 4, quantization: { method: 'Q4_0', bits: 4, group: 32 } });
});
