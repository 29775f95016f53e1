import type { WeightMatrix } from '../core/types.js';
import type { LogicalTensor, ReadTensor } from './types.js';

/** Floats decoded at once; also the largest matrix kept decoded between reads (64 MB). */
const BLOCK = 16 * 2 ** 20;

/** The [out, in] view of a matrix stored as [in, out]. Large ones are scanned once per read: ask for many rows. */
export function transposed(tensor: LogicalTensor, read: ReadTensor): WeightMatrix {
  const [columns = 0, rows = 0] = tensor.dims;
  let whole: Promise<Float32Array> | undefined;
  const keeps = rows * columns <= BLOCK;
  return {
    rows,
    columns,
    read: async (from, count) => {
      const out = new Float32Array(count * columns);
      const step = keeps ? columns : Math.max(1, Math.floor(BLOCK / rows));
      for (let column = 0; column < columns; column += step) {
        const width = Math.min(step, columns - column);
        if (keeps) whole ??= tensor.decode(read, 0, columns);
        const block = await (whole ?? tensor.decode(read, column, width));
        for (let inner = 0; inner < width; inner++) {
          const at = inner * rows + from;
          for (let row = 0; row < count; row++) out[row * columns + column + inner] = block[at + row] ?? 0;
        }
      }
      return out;
    },
  };
}
