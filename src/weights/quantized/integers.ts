import type { StoredTensor } from '../../core/types.js';
import { signed } from '../decode/bits.js';
import { isFloat, readFloats, readRows } from '../read-parts.js';
import { checkRows } from '../rows.js';
import type { LogicalTensor } from '../types.js';
import type { Scheme } from './scheme.js';

/** bitsandbytes stores what a row's largest magnitude was; 127 stands for it. */
const BNB_STEPS = 127;

/**
 * One signed byte per number: bitsandbytes LLM.int8() (`SCB` [out], the largest magnitude of each row) and
 * compressed-tensors int-quantized (`weight_scale` per tensor, row or group, with an optional `weight_zero_point`).
 */
export const int8: Scheme = {
  endings: ['.weight'],
  logical(weight, base, { tensor }) {
    const [rows = 0, columns = 0] = weight.dims;
    if (weight.dtype !== 'I8' || weight.dims.length !== 2) return null;
    const bnb = tensor(`${base}.SCB`);
    const scale = bnb ?? tensor(`${base}.weight_scale`);
    const zero = tensor(`${base}.weight_zero_point`);
    const format = tensor(`${base}.weight_format`);
    const groups = scale && isFloat(scale) ? groupsOf(scale, rows, columns) : null;
    if (!scale || groups === null) return null;
    const method = bnb ? 'bitsandbytes-int8' : 'compressed-tensors';
    const group = groups === 0 ? null : columns / groups;
    const readable = zero === undefined || (zero.dtype === 'I8' && groupsOf(zero, rows, columns) === groups);
    if (!readable) return null;
    return {
      name: weight.name,
      dims: weight.dims,
      type: method,
      bits: 8,
      quantization: { method, bits: 8, group },
      parts: [weight, scale, ...[zero, format].filter((part) => part !== undefined)],
      decode: decoder({ weight, scale, zero, groups, steps: bnb ? BNB_STEPS : 1 }),
    };
  },
};

/** Scales of a row; 0 when the whole tensor has one, null when they fit no layout. */
function groupsOf({ dims }: StoredTensor, rows: number, columns: number): number | null {
  const count = dims.reduce((product, dim) => product * dim, 1);
  if (count === 1) return 0;
  if (dims[0] !== rows || dims.length > 2) return null;
  const groups = dims[1] ?? 1;
  return groups > 0 && columns % groups === 0 ? groups : null;
}

function decoder({
  weight,
  scale,
  zero,
  groups,
  steps,
}: {
  readonly weight: StoredTensor;
  readonly scale: StoredTensor;
  readonly zero: StoredTensor | undefined;
  readonly groups: number;
  readonly steps: number;
}): LogicalTensor['decode'] {
  const [rows = 0, columns = 0] = weight.dims;
  return async (read, from, count) => {
    checkRows(weight.name, rows, from, count);
    const numbers = signed(await readRows(read, weight, from, count));
    const all = { ...scale, dims: [groups === 0 ? 1 : rows, Math.max(1, groups)] };
    const scales = groups === 0 ? await readFloats(read, all) : await readFloats(read, all, from, count);
    const zeros =
      zero && signed(await readRows(read, { ...zero, dims: all.dims }, ...range(groups, from, count)));
    const out = new Float32Array(count * columns);
    const length = groups === 0 ? out.length : columns / groups;
    for (let i = 0; i < out.length; i++) {
      const group = Math.floor(i / length);
      out[i] = ((scales[group] as number) * ((numbers[i] as number) - (zeros?.[group] ?? 0))) / steps;
    }
    return out;
  };
}

function range(groups: number, from: number, count: number): [number, number] {
  return groups === 0 ? [0, 1] : [from, count];
}
