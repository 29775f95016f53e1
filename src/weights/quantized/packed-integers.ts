import type { StoredTensor } from '../../core/types.js';
import { unpackBits } from '../decode/bits.js';
import { isFloat, readColumns, readFloats, readRows } from '../read-parts.js';
import { checkRows } from '../rows.js';
import type { LogicalTensor, ReadTensor } from '../types.js';
import { count, object, quantizationConfig } from './config.js';
import { groupOfInputs } from './group-order.js';
import type { Scheme, SchemeContext } from './scheme.js';

interface Packed {
  readonly weight: StoredTensor;
  readonly scale: StoredTensor;
  readonly zero: StoredTensor | undefined;
  readonly order: StoredTensor | undefined;
  readonly rows: number;
  readonly columns: number;
  readonly groups: number;
  readonly bits: number;
}

/**
 * compressed-tensors pack-quantized: `weight_packed` I32 [out, in·bits/32], numbers shifted to be unsigned;
 * `weight_scale` [out, groups]; zero points packed along the outputs. How many bits a number has is in
 * `weight_shape`, whose contents a header does not show, or follows from the zero points; else config.json says.
 */
export const packedIntegers: Scheme = {
  endings: ['.weight_packed'],
  logical(weight, base, context) {
    const scale = context.tensor(`${base}.weight_scale`);
    const zero = context.tensor(`${base}.weight_zero_point`);
    const order = context.tensor(`${base}.weight_g_idx`);
    const shape = context.tensor(`${base}.weight_shape`);
    const [rows = 0, words = 0, ...more] = weight.dims;
    const groups = scale?.dims.length === 1 ? 1 : (scale?.dims[1] ?? 0);
    if (!scale || !isFloat(scale) || weight.dtype !== 'I32' || more.length > 0) return null;
    if (scale.dims[0] !== rows || groups === 0 || (zero && zero.dtype !== 'I32')) return null;
    const bits = bitsOf({ rows, words, groups, zero }, shape, context);
    if (bits === null) return null;
    const columns = columnsOf(shape, context) ?? (32 * words) / bits;
    const packed = { weight, scale, zero, order, rows, columns, groups, bits };
    return {
      name: `${base}.weight`,
      dims: [rows, columns],
      type: 'compressed-tensors',
      bits,
      quantization: { method: 'compressed-tensors', bits, group: Math.ceil(columns / groups) },
      parts: [weight, scale, ...[zero, shape, order].filter((part) => part !== undefined)],
      decode: decoder(packed),
    };
  },
};

/** Columns as `weight_shape` states them, I64 [2]. */
function columnsOf(shape: StoredTensor | undefined, { contents }: SchemeContext): number | null {
  const bytes = shape && contents(shape);
  if (!bytes || shape.dtype !== 'I64' || bytes.length !== 16) return null;
  return count(Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(8, true))) ?? null;
}

function bitsOf(
  { rows, words, groups, zero }: Pick<Packed, 'rows' | 'groups' | 'zero'> & { readonly words: number },
  shape: StoredTensor | undefined,
  context: SchemeContext,
): number | null {
  const holds = (bits: number): boolean => ((32 * words) / bits) % groups === 0;
  const possible = [2, 4, 8].filter(holds);
  const columns = columnsOf(shape, context);
  const fitting = possible.filter(
    (bits) =>
      (columns === null || Math.ceil((columns * bits) / 32) === words) &&
      (zero === undefined || zero.dims[0] === Math.ceil((rows * bits) / 32)),
  );
  if (fitting.length === 1) return fitting[0] ?? null;
  const stated = statedBits(context);
  return fitting.find((bits) => bits === stated) ?? null;
}

/** `num_bits` of the only group of layers that config.json lists, or of all of them when they agree. */
function statedBits({ config }: SchemeContext): number | undefined {
  const groups = Object.values(object(quantizationConfig(config)?.config_groups) ?? {});
  const bits = new Set(groups.map((group) => count(object(object(group)?.weights)?.num_bits)));
  return bits.size === 1 ? [...bits][0] : undefined;
}

function decoder(packed: Packed): LogicalTensor['decode'] {
  const { weight, scale, order, rows, columns, groups, bits } = packed;
  return async (read, from, many) => {
    checkRows(weight.name, rows, from, many);
    const bytes = await readRows(read, weight, from, many);
    const scales = await readFloats(read, { ...scale, dims: [rows, groups] }, from, many);
    const zeros = await zeroPoints(read, packed, from, many);
    const groupOf = await groupOfInputs(read, order, { columns, groups });
    const out = new Float32Array(many * columns);
    for (let row = 0; row < many; row++) {
      const rowBytes = bytes.length / many;
      const numbers = unpackBits(bytes.subarray(row * rowBytes, (row + 1) * rowBytes), bits, columns);
      for (let i = 0; i < columns; i++) {
        const at = row * groups + (groupOf[i] as number);
        out[row * columns + i] = (scales[at] as number) * ((numbers[i] as number) - (zeros[at] as number));
      }
    }
    return out;
  };
}

/** What stands for zero, [rows, groups]: the middle of the range where no zero points are stored. */
async function zeroPoints(
  read: ReadTensor,
  { zero, groups, bits }: Packed,
  from: number,
  many: number,
): Promise<Uint8Array> {
  const out = new Uint8Array(many * groups).fill(2 ** (bits - 1));
  if (!zero) return out;
  const bytes = await readColumns(read, zero, 0, 4 * groups);
  for (let row = 0; row < many; row++)
    for (let group = 0; group < groups; group++) {
      const bit = (from + row) * bits;
      const byte = bytes[4 * ((bit >> 5) * groups + group) + ((bit & 31) >> 3)] as number;
      out[row * groups + group] = (byte >> (bit & 7)) & (2 ** bits - 1);
    }
  return out;
}
