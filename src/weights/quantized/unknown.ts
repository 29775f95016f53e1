import { AssayError } from '../../core/errors.js';
import type { StoredTensor } from '../../core/types.js';
import type { LogicalTensor } from '../types.js';

/** Smaller integer tables are indices and flags. */
const MIN_NUMBERS = 1024;
/** Integers that weights are packed into. Positions are 64-bit, masks BOOL. */
const PACKING = /^(U8|I8|U16|I16|U32|I32|F4|F6_\w+|F8_\w+)$/;
const FLOAT = /^(F|BF|C)\d/;

/**
 * A tensor that no scheme explains. A matrix of integers is a packing nobody here knows: named unknown, with 0 bits,
 * never guessed to be floats.
 */
export function unknownPacking(tensor: StoredTensor): LogicalTensor {
  const { name, dims, dtype, bytes } = tensor;
  const elements = dims.reduce((product, dim) => product * dim, 1);
  const stored = elements > 0 ? Math.round((8 * bytes) / elements) : 0;
  const packed = dims.length >= 2 && elements >= MIN_NUMBERS && (PACKING.test(dtype) || isNewType(dtype));
  return {
    name,
    dims,
    type: dtype,
    bits: packed ? 0 : stored,
    ...(packed ? { quantization: { method: 'unknown', bits: 0, group: null } } : {}),
    parts: [tensor],
    decode: async () => {
      throw new AssayError('FORMAT_INVALID', `${name}: no decoder for its ${dtype} numbers.`, {
        hint: 'Deliver the weights in a documented format.',
      });
    },
  };
}

function isNewType(dtype: string): boolean {
  return !FLOAT.test(dtype) && !/^(U64|I64|BOOL)$/.test(dtype);
}
