import type { StoredTensor } from '../../core/types.js';
import { GGML_BLOCKS } from '../decode/ggml/index.js';
import { contiguousRows } from '../rows.js';
import type { LogicalTensor } from '../types.js';

/** A tensor in one of ggml's block types. */
export function ggmlBlocks(tensor: StoredTensor): LogicalTensor | null {
  const block = GGML_BLOCKS.get(tensor.dtype);
  if (!block || (tensor.dims.at(-1) ?? 1) % block.values !== 0) return null;
  return {
    name: tensor.name,
    dims: tensor.dims,
    type: tensor.dtype,
    bits: block.bits,
    quantization: { method: tensor.dtype, bits: block.bits, group: block.group },
    parts: [tensor],
    decode: contiguousRows(tensor, block),
  };
}
