import { MAX_RANK } from './limits.js';
import type { WireReader } from './reader.js';

/** Check one dimension before it joins `dims`. */
export function dimension(reader: WireReader, dims: readonly number[], value: number, at: number): number {
  if (dims.length >= MAX_RANK) {
    throw reader.overLimit(
      'ONNX_RANK',
      at,
      `a tensor has more than ${MAX_RANK} dimensions, which is the limit`,
    );
  }
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw reader.invalid('ONNX_DIMENSION', at, `a dimension is ${value}; expected 0 to 2^53`);
}

/** Product of the dimensions; 1 for a scalar. */
export function elementCount(reader: WireReader, at: number, dims: readonly number[]): number {
  if (dims.includes(0)) return 0;
  const count = dims.reduce((product, size) => product * size, 1);
  if (Number.isSafeInteger(count)) return count;
  throw reader.invalid(
    'ONNX_ELEMENTS',
    at,
    `the dimensions ${dims.join('×')} multiply to more than 2^53 elements`,
  );
}
