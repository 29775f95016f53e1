import { AssayError } from '../../core/errors.js';
import type { StoredTensor } from '../../core/types.js';
import { readFloats } from '../read-parts.js';
import { checkRows } from '../rows.js';
import type { LogicalTensor, ReadTensor } from '../types.js';
import { count, object } from './config.js';
import type { Scheme, SchemeContext } from './scheme.js';

interface Nested {
  readonly absmax: StoredTensor;
  readonly map: StoredTensor;
}
interface Parts {
  readonly weight: StoredTensor;
  readonly absmax: StoredTensor;
  readonly map: StoredTensor;
  readonly state: StoredTensor;
  readonly nested: Nested | null;
}
/** The JSON that bitsandbytes keeps in a tensor of bytes. */
interface State {
  readonly blocksize: number;
  readonly shape: readonly number[];
  readonly nestedBlocksize: number;
  readonly nestedOffset: number;
}

const KINDS = ['nf4', 'fp4'] as const;
const BITS = 4;
/** The JSON has a dozen short members. */
const MAX_STATE_BYTES = 4096;

/**
 * bitsandbytes 4 bit: `weight` U8 [n/2, 1], high nibble first, each nibble an index into `quant_map`; `absmax` per
 * block, itself 8-bit when quantized twice. The shape of the matrix is only in the contents of `quant_state`; while
 * those are unread, the weight is one row.
 */
export const bitsandbytes: Scheme = {
  endings: [''],
  logical(weight, base, context) {
    const kind = KINDS.find((name) => context.tensor(`${base}.quant_state.bitsandbytes__${name}`));
    const parts = kind && partsOf(weight, kind, context);
    if (!parts) return null;
    const numbers = 2 * weight.bytes;
    const state = stateIn(context.contents(parts.state), parts, numbers);
    const perBlock =
      state?.blocksize ?? numbers / parts.absmax.dims.reduce((product, dim) => product * dim, 1);
    const dims = state?.shape ?? [1, numbers];
    return {
      name: weight.name,
      dims,
      type: `bitsandbytes-${kind}`,
      bits: BITS,
      quantization: {
        method: `bitsandbytes-${kind}`,
        bits: BITS,
        group: 2 ** Math.ceil(Math.log2(perBlock)),
      },
      parts: [weight, parts.absmax, parts.map, parts.state, ...Object.values(parts.nested ?? {})],
      decode: decoder(parts, dims),
    };
  },
};

/** The tensors whose contents `logicalTensors` wants: at most 4 kB each. */
export function isQuantState({ name, dtype, bytes }: StoredTensor): boolean {
  return dtype === 'U8' && bytes <= MAX_STATE_BYTES && KINDS.some((kind) => name.endsWith(`__${kind}`));
}

function partsOf(weight: StoredTensor, kind: string, { tensor }: SchemeContext): Parts | null {
  const { name } = weight;
  const absmax = tensor(`${name}.absmax`);
  const map = tensor(`${name}.quant_map`);
  const state = tensor(`${name}.quant_state.bitsandbytes__${kind}`);
  const nested = { absmax: tensor(`${name}.nested_absmax`), map: tensor(`${name}.nested_quant_map`) };
  if (!absmax || !map || !state || !isQuantState(state)) return null;
  const twice = absmax.dtype === 'U8';
  const complete =
    ['U8', 'BF16', 'F16', 'F32'].includes(weight.dtype) &&
    map.dims[0] === 16 &&
    (twice ? nested.map?.dims[0] === 256 && nested.absmax !== undefined : absmax.dtype === 'F32');
  if (!complete || weight.bytes === 0) return null;
  return { weight, absmax, map, state, nested: twice ? (nested as Nested) : null };
}

/** Null when the bytes are missing or do not describe `numbers` numbers. */
function stateIn(bytes: Uint8Array | undefined, { absmax, nested }: Parts, numbers: number): State | null {
  if (!bytes) return null;
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
  const { shape, blocksize, nested_blocksize, nested_offset } = object(json) ?? {};
  const dims = Array.isArray(shape) ? shape.map(count) : [];
  const perBlock = count(blocksize);
  const blocks = absmax.dims.reduce((product, dim) => product * dim, 1);
  const whole = dims.every((dim) => dim !== undefined);
  const elements = dims.reduce<number>((product, dim) => product * (dim ?? 0), 1);
  if (!whole || dims.length < 2 || Math.ceil(elements / 2) * 2 !== numbers || !perBlock) return null;
  if (Math.ceil(elements / perBlock) !== blocks) return null;
  const offset = typeof nested_offset === 'number' ? nested_offset : 0;
  const nestedBlocksize = count(nested_blocksize) ?? 256;
  if (nested && Math.ceil(blocks / nestedBlocksize) !== nested.absmax.dims[0]) return null;
  return { blocksize: perBlock, shape: dims as number[], nestedBlocksize, nestedOffset: offset };
}

function decoder(parts: Parts, dims: readonly number[]): LogicalTensor['decode'] {
  const { weight, map } = parts;
  const columns = dims.at(-1) ?? 1;
  return async (read, from, many) => {
    checkRows(weight.name, (2 * weight.bytes) / columns, from, many);
    const state = stateIn(await read(parts.state, 0, parts.state.bytes), parts, 2 * weight.bytes);
    if (!state) throw unreadable(parts.state);
    const first = from * columns;
    const end = first + many * columns;
    const bytes = await read(weight, first >> 1, Math.ceil(end / 2) - Math.floor(first / 2));
    const block = Math.floor(first / state.blocksize);
    const scales = await blockScales(read, parts, state, [block, Math.ceil(end / state.blocksize)]);
    const levels = await readFloats(read, { ...map, dims: [1, 16] });
    const out = new Float32Array(end - first);
    for (let i = 0; i < out.length; i++) {
      const at = first + i;
      const pair = bytes[(at >> 1) - (first >> 1)] as number;
      const level = levels[at & 1 ? pair & 15 : pair >> 4] as number;
      out[i] = level * (scales[Math.floor(at / state.blocksize) - block] as number);
    }
    return out;
  };
}

/** Largest magnitudes of some blocks; stored as indices into a table of 256 levels when quantized twice. */
async function blockScales(
  read: ReadTensor,
  { absmax, nested }: Parts,
  { nestedBlocksize, nestedOffset }: State,
  [from, to]: readonly [number, number],
): Promise<Float32Array> {
  if (!nested) return readFloats(read, { ...absmax, dims: [absmax.bytes / 4, 1] }, from, to - from);
  const indices = await read(absmax, from, to - from);
  const levels = await readFloats(read, { ...nested.map, dims: [1, 256] });
  const outer = await readFloats(read, { ...nested.absmax, dims: [1, nested.absmax.dims[0] ?? 0] });
  return Float32Array.from(indices, (index, i) => {
    const scale = Math.fround(
      (levels[index] as number) * (outer[Math.floor((from + i) / nestedBlocksize)] as number),
    );
    return scale + nestedOffset;
  });
}

function unreadable({ name }: StoredTensor): AssayError {
  return new AssayError('FORMAT_INVALID', `${name}: does not describe the tensors beside it.`, {
    hint: 'The quantized weights are damaged; download them again.',
  });
}
