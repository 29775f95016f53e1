import type { StoredTensor } from '../../core/types.js';
import { FP4 } from '../decode/float4.js';
import { FLOAT8 } from '../decode/float8.js';
import { decodeFloats, readFloats, readRows } from '../read-parts.js';
import { checkRows, shapeOf } from '../rows.js';
import type { LogicalTensor, ReadTensor } from '../types.js';
import type { Scheme, SchemeContext } from './scheme.js';

interface Fp4 {
  readonly method: 'mxfp4' | 'nvfp4';
  readonly group: number;
  readonly scale: StoredTensor;
  /** NVFP4 has one more scale per tensor: ModelOpt multiplies by it, compressed-tensors divides. */
  readonly global?: StoredTensor;
  readonly divides?: boolean;
  readonly others: readonly (StoredTensor | undefined)[];
}

/**
 * Pairs of 4-bit floats, low nibble first. MXFP4 has a power of two per 32 numbers (gpt-oss: `_blocks` U8
 * [experts, out, in/32, 16] and `_scales`), NVFP4 an E4M3 scale per 16 and a float per tensor (ModelOpt,
 * compressed-tensors nvfp4-pack).
 */
export const fp4: Scheme = {
  endings: ['_blocks', '.weight_packed', '.weight', ''],
  logical(data, base, context) {
    if (!['U8', 'I8', 'F4'].includes(data.dtype)) return null;
    const blocks = data.name.endsWith('_blocks');
    const dims = blocks ? blockDims(data) : pairDims(data);
    const found = dims && (blocks ? gptOss(dims, base, context) : packed(dims, base, data, context));
    if (!found) return null;
    const { method, group, scale, global, others } = found;
    return {
      name: data.name.endsWith('.weight_packed') ? `${base}.weight` : blocks ? base : data.name,
      dims,
      type: method,
      bits: 4,
      quantization: { method, bits: 4, group },
      parts: [data, scale, ...[global, ...others].filter((part) => part !== undefined)],
      decode: decoder(data, dims, found),
    };
  },
};

/** [..., in/32, 16] bytes hold [..., in] numbers. */
function blockDims({ dims, dtype }: StoredTensor): number[] | null {
  const [groups = 0, bytes] = dims.slice(-2);
  return dtype === 'U8' && dims.length >= 3 && bytes === 16 && groups > 0
    ? [...dims.slice(0, -2), 32 * groups]
    : null;
}

/** F4 counts numbers already; bytes hold two each. */
function pairDims({ dims, dtype }: StoredTensor): number[] | null {
  if (dims.length < 2) return null;
  return [...dims.slice(0, -1), (dims.at(-1) ?? 0) * (dtype === 'F4' ? 1 : 2)];
}

function gptOss(dims: readonly number[], base: string, { tensor }: SchemeContext): Fp4 | null {
  const scale = tensor(`${base}_scales`);
  if (!scale || !isPowerOfTwoType(scale) || groupLength(dims, scale) !== 32) return null;
  return { method: 'mxfp4', group: 32, scale, others: [] };
}

function packed(
  dims: readonly number[],
  base: string,
  data: StoredTensor,
  { tensor }: SchemeContext,
): Fp4 | null {
  const scale = tensor(`${base}.weight_scale`) ?? tensor(`${data.name}_scale`);
  if (!scale) return null;
  const group = groupLength(dims, scale);
  const others = [tensor(`${base}.input_scale`), tensor(`${base}.input_global_scale`)];
  if (group === 32 && isPowerOfTwoType(scale)) return { method: 'mxfp4', group, scale, others };
  const multiplied = tensor(`${base}.weight_scale_2`) ?? tensor(`${data.name}_scale_2`);
  const global = multiplied ?? tensor(`${base}.weight_global_scale`);
  if (group !== 16 || scale.dtype !== 'F8_E4M3') return null;
  return {
    method: 'nvfp4',
    group,
    scale,
    others,
    ...(global ? { global, divides: multiplied === undefined } : {}),
  };
}

function isPowerOfTwoType({ dtype }: StoredTensor): boolean {
  return dtype === 'U8' || dtype === 'F8_E8M0';
}

/** Numbers per scale, when the scales are laid out as the numbers are. */
function groupLength(dims: readonly number[], scale: StoredTensor): number | null {
  const same =
    scale.dims.length === dims.length && dims.slice(0, -1).every((dim, i) => dim === scale.dims[i]);
  const length = (dims.at(-1) ?? 0) / (scale.dims.at(-1) ?? 0);
  return same && Number.isInteger(length) ? length : null;
}

function decoder(data: StoredTensor, dims: readonly number[], scheme: Fp4): LogicalTensor['decode'] {
  const { rows, columns } = shapeOf(dims);
  const rowBytes = columns / 2;
  return async (read, from, count) => {
    checkRows(data.name, rows, from, count);
    const bytes = await read(data, from * rowBytes, count * rowBytes);
    const scales = await groupScales(read, scheme, from, count);
    const factors = await globalScales(read, scheme, rows);
    const out = new Float32Array(count * columns);
    for (let i = 0; i < bytes.length; i++) {
      const row = Math.floor(i / rowBytes);
      const factor = factors[Math.floor(((from + row) * factors.length) / rows)] as number;
      const scale = (scales[Math.floor((2 * i) / scheme.group)] as number) * factor;
      out[2 * i] = scale * (FP4[(bytes[i] as number) & 15] as number);
      out[2 * i + 1] = scale * (FP4[(bytes[i] as number) >> 4] as number);
    }
    return out;
  };
}

async function groupScales(
  read: ReadTensor,
  { method, scale }: Fp4,
  from: number,
  count: number,
): Promise<Float32Array> {
  if (method === 'nvfp4') return readFloats(read, scale, from, count);
  const bytes = await readRows(read, scale, from, count);
  const out = new Float32Array(bytes.length);
  FLOAT8.get('F8_E8M0')?.decode(bytes, out);
  return out;
}

/** One factor in all, or one per expert. */
async function globalScales(read: ReadTensor, { global, divides }: Fp4, rows: number): Promise<Float32Array> {
  if (!global) return Float32Array.of(1);
  const out = new Float32Array(global.dims.reduce((product, dim) => product * dim, 1));
  if (out.length === 0 || rows % out.length !== 0) return Float32Array.of(Number.NaN);
  decodeFloats(global, await read(global, 0, global.bytes), out);
  return divides ? out.map((value) => 1 / value) : out;
}
