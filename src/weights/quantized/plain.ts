import type { StoredTensor } from '../../core/types.js';
import { FLOATS } from '../decode/floats.js';
import { contiguousRows } from '../rows.js';
import type { LogicalTensor } from '../types.js';

/** A tensor of floats, stored one by one. */
export function plainFloats(tensor: StoredTensor): LogicalTensor | null {
  const type = FLOATS.get(tensor.dtype);
  if (!type) return null;
  return {
    name: tensor.name,
    dims: tensor.dims,
    type: tensor.dtype,
    bits: 8 * type.bytes,
    parts: [tensor],
    decode: contiguousRows(tensor, type),
  };
}
