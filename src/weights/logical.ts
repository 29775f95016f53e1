import type { Quantization, StoredTensor } from '../core/types.js';
import { FLOATS } from './decode/floats.js';
import { awq } from './quantized/awq.js';
import { bitsandbytes, isQuantState } from './quantized/bitsandbytes.js';
import { fp4 } from './quantized/fp4.js';
import { fp8 } from './quantized/fp8.js';
import { ggmlBlocks } from './quantized/ggml.js';
import { gptq } from './quantized/gptq.js';
import { int8 } from './quantized/integers.js';
import { mlx } from './quantized/mlx.js';
import { packedIntegers } from './quantized/packed-integers.js';
import { plainFloats } from './quantized/plain.js';
import type { Scheme, SchemeContext } from './quantized/scheme.js';
import { unknownPacking } from './quantized/unknown.js';
import type { LogicalTensor } from './types.js';

/** Their conditions exclude each other; the order only saves work. */
const SCHEMES: readonly Scheme[] = [gptq, awq, fp8, packedIntegers, fp4, int8, mlx, bitsandbytes];

export interface LogicalOptions {
  /** config.json: a claim that only settles what names, types and shapes leave open. */
  readonly config?: Readonly<Record<string, unknown>> | null;
  /** Bytes of the tensors that `describingTensors` names, by name; shapes that only they state stay flat without. */
  readonly contents?: ReadonlyMap<string, Uint8Array>;
}

/**
 * The weights that stored tensors encode, in the order of the tensors that hold their numbers. Tensors that are
 * scales, zero points and the like of another are parts of that one. Plain tensors keep their stored dimensions.
 */
export function logicalTensors(
  stored: readonly StoredTensor[],
  { config = null, contents }: LogicalOptions = {},
): LogicalTensor[] {
  const byName = new Map(stored.map((tensor) => [tensor.name, tensor]));
  const context: SchemeContext = {
    config,
    tensor: (name) => byName.get(name),
    contents: ({ name }) => contents?.get(name),
  };
  const packed = new Map<StoredTensor, LogicalTensor>();
  const used = new Set<StoredTensor>();
  const quantizations = new Map<string, Quantization>();
  for (const tensor of stored) {
    const logical = packedBy(tensor, context);
    if (!logical || logical.parts.some((part) => used.has(part))) continue;
    packed.set(tensor, withShared(logical, quantizations));
    for (const part of logical.parts) used.add(part);
  }
  return stored.flatMap((tensor) => {
    const logical = packed.get(tensor);
    if (logical) return [logical];
    if (used.has(tensor)) return [];
    return [plainFloats(tensor) ?? ggmlBlocks(tensor) ?? unknownPacking(tensor)];
  });
}

/** Small tensors whose contents state the shape of a packed matrix: at most 4 kB each. */
export function describingTensors(stored: readonly StoredTensor[]): StoredTensor[] {
  return stored.filter(
    (tensor) =>
      isQuantState(tensor) ||
      (tensor.dtype === 'I64' && tensor.bytes === 16 && tensor.name.endsWith('.weight_shape')),
  );
}

/** One object for the thousands of tensors that are quantized alike. */
function withShared(tensor: LogicalTensor, known: Map<string, Quantization>): LogicalTensor {
  const { quantization } = tensor;
  if (quantization === undefined) return tensor;
  const key = `${quantization.method}/${quantization.bits}/${quantization.group}`;
  const shared = known.get(key) ?? quantization;
  known.set(key, shared);
  return Object.assign(tensor, { quantization: shared });
}

function packedBy(tensor: StoredTensor, context: SchemeContext): LogicalTensor | null {
  // Packed numbers are integers or FP8; floats are plain weights, or the scales of others.
  if (FLOATS.has(tensor.dtype)) return null;
  for (const scheme of SCHEMES) {
    const ending = scheme.endings.find((end) => tensor.name.endsWith(end));
    if (ending === undefined) continue;
    const base = tensor.name.slice(0, tensor.name.length - ending.length);
    const logical = scheme.logical(tensor, base, context);
    if (logical) return logical;
  }
  return null;
}
