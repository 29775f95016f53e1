import { AssayError } from '../core/errors.js';
import type { StoredTensor } from '../core/types.js';
import { ggmlBlocks } from './quantized/ggml.js';
import { plainFloats } from './quantized/plain.js';
import type { Scheme } from './quantized/scheme.js';
import type { LogicalTensor } from './types.js';

const SCHEMES: readonly Scheme[] = [];

/**
 * The weights that stored tensors encode, in the order of the tensors that hold their numbers. Tensors that are
 * scales, zero points and the like of another are parts of that one. Plain tensors keep their stored dimensions;
 * `config` is config.json, a claim that only settles what names, types and shapes leave open.
 */
export function logicalTensors(
  stored: readonly StoredTensor[],
  { config = null }: { readonly config?: Readonly<Record<string, unknown>> | null } = {},
): LogicalTensor[] {
  const byName = new Map(stored.map((tensor) => [tensor.name, tensor]));
  const context = { config, tensor: (name: string) => byName.get(name) };
  const packed = new Map<StoredTensor, LogicalTensor>();
  const used = new Set<StoredTensor>();
  for (const tensor of stored) {
    const logical = packedBy(tensor, context);
    if (!logical || logical.parts.some((part) => used.has(part))) continue;
    packed.set(tensor, logical);
    for (const part of logical.parts) used.add(part);
  }
  return stored.flatMap((tensor) => {
    const logical = packed.get(tensor);
    if (logical) return [logical];
    return used.has(tensor) ? [] : [single(tensor)];
  });
}

function packedBy(tensor: StoredTensor, context: Parameters<Scheme['logical']>[2]): LogicalTensor | null {
  for (const scheme of SCHEMES) {
    const ending = scheme.endings.find((end) => tensor.name.endsWith(end));
    if (ending === undefined) continue;
    const logical = scheme.logical(tensor, tensor.name.slice(0, -ending.length), context);
    if (logical) return logical;
  }
  return null;
}

function single(tensor: StoredTensor): LogicalTensor {
  return plainFloats(tensor) ?? ggmlBlocks(tensor) ?? unread(tensor);
}

/** Integers, and types that are newer than this reader: named as stored, never guessed to be floats. */
function unread(tensor: StoredTensor): LogicalTensor {
  const elements = tensor.dims.reduce((product, dim) => product * dim, 1);
  return {
    name: tensor.name,
    dims: tensor.dims,
    type: tensor.dtype,
    bits: elements > 0 ? Math.round((8 * tensor.bytes) / elements) : 0,
    parts: [tensor],
    decode: async () => {
      throw new AssayError('FORMAT_INVALID', `${tensor.name}: no decoder for type ${tensor.dtype}.`, {
        hint: 'Deliver the weights in a type that is documented.',
      });
    },
  };
}
