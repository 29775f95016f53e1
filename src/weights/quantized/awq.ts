import type { StoredTensor } from '../../core/types.js';
import { decodeFloats, isFloat, readColumns } from '../read-parts.js';
import { checkRows } from '../rows.js';
import type { LogicalTensor, ReadTensor } from '../types.js';
import type { Scheme } from './scheme.js';

/** Nibble of a word that holds each of its eight outputs: the packing order 0 2 4 6 1 3 5 7, inverted. */
const NIBBLE = [0, 4, 1, 5, 2, 6, 3, 7];
const BITS = 4;

/**
 * AWQ as AutoAWQ stores it (GEMM): `qweight` I32 [in, out/8] packed along the outputs, `qzeros` I32 [groups, out/8],
 * `scales` [groups, out].
 */
export const awq: Scheme = {
  endings: ['.qweight'],
  logical(weight, base, { tensor }) {
    const zeros = tensor(`${base}.qzeros`);
    const scales = tensor(`${base}.scales`);
    if (!zeros || !scales || !isFloat(scales)) return null;
    const [columns = 0, words = 0, ...more] = weight.dims;
    const [groups = 0, rows = 0] = scales.dims;
    const fits =
      weight.dtype === 'I32' &&
      zeros.dtype === 'I32' &&
      more.length === 0 &&
      words > 0 &&
      rows === 8 * words &&
      groups > 0 &&
      columns % groups === 0 &&
      zeros.dims[0] === groups &&
      zeros.dims[1] === words;
    if (!fits) return null;
    return {
      name: `${base}.weight`,
      dims: [rows, columns],
      type: 'awq',
      bits: BITS,
      quantization: { method: 'awq', bits: BITS, group: columns / groups },
      parts: [weight, scales, zeros],
      decode: decoder({ weight, scales, zeros }, { rows, columns, groups }),
    };
  },
};

function decoder(
  { weight, scales, zeros }: Readonly<Record<'weight' | 'scales' | 'zeros', StoredTensor>>,
  { rows, columns, groups }: Readonly<Record<'rows' | 'columns' | 'groups', number>>,
): LogicalTensor['decode'] {
  return async (read, from, count) => {
    checkRows(weight.name, rows, from, count);
    const numbers = await nibbles(read, weight, from, count);
    const points = await nibbles(read, zeros, from, count);
    const scaleBytes = scales.bytes / (groups * rows);
    const steps = new Float32Array(groups * count);
    decodeFloats(scales, await readColumns(read, scales, scaleBytes * from, scaleBytes * count), steps);
    const out = new Float32Array(count * columns);
    for (let i = 0; i < columns; i++) {
      const group = count * Math.floor((i * groups) / columns);
      for (let row = 0; row < count; row++) {
        const offset = (numbers[i * count + row] as number) - (points[group + row] as number);
        out[row * columns + i] = (steps[group + row] as number) * offset;
      }
    }
    return out;
  };
}

/** The numbers of outputs `from` to `from + count` in every row of a packed tensor, [rows of the tensor, count]. */
async function nibbles(
  read: ReadTensor,
  tensor: StoredTensor,
  from: number,
  count: number,
): Promise<Uint8Array> {
  const first = Math.floor(from / 8);
  const length = 4 * (Math.ceil((from + count) / 8) - first);
  const bytes = await readColumns(read, tensor, 4 * first, length);
  const rows = length === 0 ? 0 : bytes.length / length;
  const out = new Uint8Array(rows * count);
  for (let row = 0; row < rows; row++)
    for (let i = 0; i < count; i++) {
      const output = from + i - 8 * first;
      const nibble = NIBBLE[output & 7] as number;
      const byte = bytes[row * length + 4 * (output >> 3) + (nibble >> 1)] as number;
      out[row * count + i] = (byte >> (4 * (nibble & 1))) & 15;
    }
  return out;
}
