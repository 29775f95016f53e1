import type { StoredTensor } from '../../core/types.js';
import { unpackBits } from '../decode/bits.js';
import { isFloat, readFloats, readRows } from '../read-parts.js';
import { checkRows } from '../rows.js';
import type { LogicalTensor } from '../types.js';
import { count, object, quantizationConfig } from './config.js';
import type { Scheme, SchemeContext } from './scheme.js';

/** Pairs that mlx.core.quantize offers. */
const BITS = [2, 3, 4, 5, 6, 8];
const GROUPS = [32, 64, 128];

/**
 * MLX affine: `weight` U32 [..., out, in·bits/32], `scales` and `biases` [..., out, in/group], w = scale · q + bias.
 * Shapes only show bits × group; config.json says which, and a product that one pair alone makes needs no config.
 */
export const mlx: Scheme = {
  endings: ['.weight'],
  logical(weight, base, context) {
    const scales = context.tensor(`${base}.scales`);
    const biases = context.tensor(`${base}.biases`);
    if (weight.dtype !== 'U32' || !scales || !biases || !isFloat(scales) || !isFloat(biases)) return null;
    const words = weight.dims.at(-1) ?? 0;
    const groups = scales.dims.at(-1) ?? 0;
    const same = [scales, biases].every(
      ({ dims }) =>
        dims.length === weight.dims.length &&
        dims.at(-1) === groups &&
        dims.slice(0, -1).every((dim, i) => dim === weight.dims[i]),
    );
    const pair = same && groups > 0 ? bitsAndGroup((32 * words) / groups, base, context) : null;
    if (!pair) return null;
    const dims = [...weight.dims.slice(0, -1), groups * pair.group];
    return {
      name: weight.name,
      dims,
      type: 'mlx',
      bits: pair.bits,
      quantization: { method: 'mlx', ...pair },
      parts: [weight, scales, biases],
      decode: decoder({ weight, scales, biases }, dims, pair),
    };
  },
};

interface Pair {
  readonly bits: number;
  readonly group: number;
}

function bitsAndGroup(product: number, base: string, { config }: SchemeContext): Pair | null {
  const pairs = BITS.flatMap((bits) => GROUPS.map((group) => ({ bits, group }))).filter(
    ({ bits, group }) => bits * group === product,
  );
  if (pairs.length <= 1) return pairs[0] ?? null;
  const all = quantizationConfig(config);
  const stated = object(all?.[base]) ?? all;
  return (
    pairs.find(({ bits, group }) => bits === count(stated?.bits) && group === count(stated?.group_size)) ??
    null
  );
}

function decoder(
  { weight, scales, biases }: Readonly<Record<'weight' | 'scales' | 'biases', StoredTensor>>,
  dims: readonly number[],
  { bits, group }: Pair,
): LogicalTensor['decode'] {
  const columns = dims.at(-1) ?? 1;
  const rows = dims.slice(0, -1).reduce((product, dim) => product * dim, 1);
  return async (read, from, many) => {
    checkRows(weight.name, rows, from, many);
    const numbers = unpackBits(await readRows(read, weight, from, many), bits, many * columns);
    const steps = await readFloats(read, scales, from, many);
    const offsets = await readFloats(read, biases, from, many);
    const out = new Float32Array(many * columns);
    for (let i = 0; i < out.length; i++) {
      const at = Math.floor(i / group);
      out[i] = (steps[at] as number) * (numbers[i] as number) + (offsets[at] as number);
    }
    return out;
  };
}
