import { readFileSync } from 'node:fs';
import type { StoredTensor } from '../../src/core/types.js';
import type { ReadTensor } from '../../src/weights/types.js';

const FOLDER = new URL('../../fixtures/quantized/', import.meta.url);

/** A file of golden decodings; scripts/golden/quantized.py says which implementation made it. */
export function golden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as T;
}

export function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

export function floatsOf(base64: string): Float32Array {
  return new Float32Array(bytesOf(base64).buffer);
}

/** Largest difference, with NaN equal to NaN and 0 equal to -0. */
export function worst(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  return actual.reduce((most, value, i) => {
    const other = expected[i] as number;
    if (value === other || (Number.isNaN(value) && Number.isNaN(other))) return most;
    return Math.max(most, Number.isNaN(value - other) ? Number.POSITIVE_INFINITY : Math.abs(value - other));
  }, 0);
}

/** A tensor that is not in any file yet. */
export function stored(name: string, dtype: string, dims: readonly number[], bytes = 0): StoredTensor {
  return { name, dtype, dims, file: 'model.safetensors', offset: 0, bytes };
}

/** Reads tensors out of memory, by name. */
export function readsFrom(data: ReadonlyMap<string, Uint8Array>): ReadTensor {
  return async (tensor, offset, length) => {
    const bytes = data.get(tensor.name);
    if (!bytes || offset < 0 || offset + length > bytes.length)
      throw new RangeError(`${tensor.name}: ${offset}+${length} of ${bytes?.length}`);
    return bytes.subarray(offset, offset + length);
  };
}
