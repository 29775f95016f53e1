import type { StoredTensor } from '../../core/types.js';
import { unpackBits } from '../decode/bits.js';
import { decodeFloats, isFloat, readColumns } from '../read-parts.js';
import { checkRows } from '../rows.js';
import type { LogicalTensor, ReadTensor } from '../types.js';
import { quantizationConfig } from './config.js';
import { groupOfInputs } from './group-order.js';
import type { Scheme } from './scheme.js';

interface Parts {
  readonly weight: StoredTensor;
  readonly zeros: StoredTensor;
  readonly scales: StoredTensor;
  readonly order: StoredTensor | undefined;
}
interface Layout {
  readonly rows: number;
  readonly columns: number;
  readonly groups: number;
  readonly bits: number;
  /** Files of version 1 store every zero point less one. */
  readonly zeroOffset: 0 | 1;
}

/**
 * GPTQ as AutoGPTQ and GPTQModel store it: `qweight` I32 [in·bits/32, out] packed along the inputs, `qzeros`
 * I32 [groups, out·bits/32], `scales` [groups, out], and `g_idx` [in] when inputs were reordered.
 */
export const gptq: Scheme = {
  endings: ['.qweight'],
  logical(weight, base, { config, tensor }) {
    const zeros = tensor(`${base}.qzeros`);
    const scales = tensor(`${base}.scales`);
    const order = tensor(`${base}.g_idx`);
    if (!zeros || !scales || !isFloat(scales)) return null;
    const layout = layoutOf(weight, zeros, scales, order);
    if (!layout) return null;
    const zeroOffset = quantizationConfig(config)?.checkpoint_format === 'gptq_v2' ? 0 : 1;
    const parts = { weight, zeros, scales, order };
    return {
      name: `${base}.weight`,
      dims: [layout.rows, layout.columns],
      type: 'gptq',
      bits: layout.bits,
      quantization: { method: 'gptq', bits: layout.bits, group: Math.ceil(layout.columns / layout.groups) },
      parts: [weight, scales, zeros, ...(order ? [order] : [])],
      decode: decoder(parts, { ...layout, zeroOffset }),
    };
  },
};

/** Bits from the width of the zero points; everything else must then agree. */
function layoutOf(
  { dtype, dims: [packed = 0, rows = 0, ...more] }: StoredTensor,
  zeros: StoredTensor,
  scales: StoredTensor,
  order: StoredTensor | undefined,
): Omit<Layout, 'zeroOffset'> | null {
  const [groups = 0, outputs] = scales.dims;
  const bits = (32 * (zeros.dims[1] ?? 0)) / rows;
  const columns = (32 * packed) / bits;
  const fits =
    dtype === 'I32' &&
    zeros.dtype === 'I32' &&
    more.length === 0 &&
    [2, 3, 4, 8].includes(bits) &&
    Number.isInteger(columns) &&
    outputs === rows &&
    groups > 0 &&
    zeros.dims[0] === groups &&
    (order === undefined || (order.dtype === 'I32' && order.dims[0] === columns));
  return fits ? { rows, columns, groups, bits } : null;
}

function decoder({ weight, zeros, scales, order }: Parts, layout: Layout): LogicalTensor['decode'] {
  const { rows, columns, groups, bits } = layout;
  return async (read, from, count) => {
    checkRows(weight.name, rows, from, count);
    const words = await readColumns(read, weight, 4 * from, 4 * count);
    const scaleBytes = scales.bytes / (groups * rows);
    const steps = new Float32Array(groups * count);
    decodeFloats(scales, await readColumns(read, scales, scaleBytes * from, scaleBytes * count), steps);
    const points = await zeroPoints(read, zeros, layout, { from, count });
    const groupOf = await groupOfInputs(read, order, layout);
    const out = new Float32Array(count * columns);
    const stream = new Uint8Array((columns * bits) / 8);
    for (let row = 0; row < count; row++) {
      for (let at = 0; at < stream.length; at += 4)
        stream.set(words.subarray(at * count + 4 * row, at * count + 4 * row + 4), at);
      const numbers = unpackBits(stream, bits, columns);
      for (let i = 0; i < columns; i++) {
        const at = (groupOf[i] as number) * count + row;
        out[row * columns + i] = (steps[at] as number) * ((numbers[i] as number) - (points[at] as number));
      }
    }
    return out;
  };
}

/** Zero points of some outputs, [groups, count]. A sum beyond the largest number wraps to zero, as in the kernels. */
async function zeroPoints(
  read: ReadTensor,
  zeros: StoredTensor,
  { groups, bits, zeroOffset }: Layout,
  { from, count }: { readonly from: number; readonly count: number },
): Promise<Uint8Array> {
  const first = Math.floor((from * bits) / 32);
  const row = 4 * (Math.ceil(((from + count) * bits) / 32) - first);
  const bytes = await readColumns(read, zeros, 4 * first, row);
  const out = new Uint8Array(groups * count);
  for (let group = 0; group < groups; group++) {
    const points = unpackBits(
      bytes.subarray(row * group, row * (group + 1)),
      bits,
      count,
      from * bits - 32 * first,
    );
    for (let i = 0; i < count; i++)
      out[group * count + i] = ((points[i] as number) + zeroOffset) & (2 ** bits - 1);
  }
  return out;
}
