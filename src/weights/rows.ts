import type { StoredTensor } from '../core/types.js';
import type { BlockType } from './decode/block-type.js';
import type { LogicalTensor } from './types.js';

type Decode = LogicalTensor['decode'];

/** Rows of a matrix: the product of all dimensions but the last; a scalar and a vector are one row. */
export function shapeOf(dims: readonly number[]): { readonly rows: number; readonly columns: number } {
  const columns = dims.at(-1) ?? 1;
  return { rows: dims.slice(0, -1).reduce((product, dim) => product * dim, 1), columns };
}

/** Decodes rows that lie one after the other, each in whole blocks of `type`. */
export function contiguousRows(tensor: StoredTensor, type: BlockType): Decode {
  // Nothing is computed here that a model of 90,000 tensors would have to keep for each of them.
  return async (read, from, count) => {
    const { rows, columns } = shapeOf(tensor.dims);
    checkRows(tensor.name, rows, from, count);
    const rowBytes = (columns / type.values) * type.bytes;
    const out = new Float32Array(count * columns);
    type.decode(await read(tensor, from * rowBytes, count * rowBytes), out);
    return out;
  };
}

/** Throws RangeError: a caller asked for rows that the matrix does not have. */
export function checkRows(name: string, rows: number, from: number, count: number): void {
  if (!Number.isInteger(from) || !Number.isInteger(count) || from < 0 || count < 0 || from + count > rows)
    throw new RangeError(`${name}: rows ${from} to ${from + count} were asked for, but it has ${rows}.`);
}
