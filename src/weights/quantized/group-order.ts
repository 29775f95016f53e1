import { AssayError } from '../../core/errors.js';
import type { StoredTensor } from '../../core/types.js';
import { integers32 } from '../decode/bits.js';
import type { ReadTensor } from '../types.js';

/** The group of every input: stored as `g_idx` when inputs were reordered, otherwise runs of equal length. */
export async function groupOfInputs(
  read: ReadTensor,
  order: StoredTensor | undefined,
  { columns, groups }: { readonly columns: number; readonly groups: number },
): Promise<Int32Array> {
  const length = Math.ceil(columns / groups);
  if (!order) return Int32Array.from({ length: columns }, (_, i) => Math.floor(i / length));
  const found = integers32(await read(order, 0, order.bytes));
  if (found.every((group) => group >= 0 && group < groups)) return found;
  throw new AssayError('FORMAT_INVALID', `${order.name}: names a group outside 0 to ${groups - 1}.`, {
    hint: 'The quantized weights are damaged; download them again.',
  });
}
