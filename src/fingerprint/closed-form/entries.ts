import type { Role, TensorRole } from '../../core/types.js';
import { roleOf } from '../../weights/roles.js';
import { plannedTensors } from './plan.js';
import type { ArchitectureShape } from './shape.js';
import type { HeaderEntry } from './shard-sizes.js';

/** How a release of safetensors stores its numbers. */
export interface EntryStorage {
  readonly dtype: 'F32' | 'F16' | 'BF16';
  /** Projections are FP8 with one F32 scale per tile of [rows, columns]. */
  readonly tile?: readonly [number, number];
}

export const BYTES: Readonly<Record<EntryStorage['dtype'], number>> = { F32: 4, F16: 2, BF16: 2 };
const SCALE = '_scale_inv';

/** What the header says of a tensor of that name in a model of this shape; null for names the shape does not have. */
export function entriesOf(
  shape: ArchitectureShape,
  { dtype, tile }: EntryStorage,
): (name: string) => HeaderEntry | null {
  const planned = new Map(
    plannedTensors(shape).map((tensor) => [keyOf(tensor.role, tensor.part, tensor.expert), tensor]),
  );
  const plain = (dims: readonly number[], type: EntryStorage['dtype'] = dtype): HeaderEntry => ({
    dtype: type,
    dims,
    bytes: dims.reduce((product, dim) => product * dim, BYTES[type]),
  });
  let last: { readonly name: string; readonly role: TensorRole } | undefined;
  return (name) => {
    const scaled = name.endsWith(SCALE) ? name.slice(0, -SCALE.length) : undefined;
    // Scales stand right after what they scale.
    const base = scaled ?? name;
    if (last?.name !== base) last = { name: base, role: roleOf(base) };
    const { role, part, expert, transposed } = last.role;
    if (role === 'predictor') return scaled === undefined ? predictorEntry(name, shape, plain) : null;
    const kind = expert === undefined || expert === 'shared' ? expert : 'routed';
    const found = planned.get(keyOf(role, part, kind));
    if (!found || expert === 'stacked') return null;
    const packed = tile !== undefined && found.projection && part === 'weight';
    if (scaled !== undefined) {
      if (!packed) return null;
      return plain(
        found.dims.map((dim, axis) => Math.ceil(dim / (tile[axis] ?? 1))),
        'F32',
      );
    }
    if (packed)
      return { dtype: 'F8_E4M3', dims: found.dims, bytes: found.dims.reduce((all, dim) => all * dim, 1) };
    if (role === 'router' && part === 'bias') return plain(found.dims, 'F32');
    return plain(transposed ? [...found.dims].reverse() : found.dims);
  };
}

function keyOf(role: Role, part: 'weight' | 'bias', expert: 'routed' | 'shared' | undefined): string {
  return `${role}/${part}/${expert ?? ''}`;
}

function predictorEntry(
  name: string,
  { hiddenSize, vocabSize }: ArchitectureShape,
  plain: (dims: readonly number[]) => HeaderEntry,
): HeaderEntry | null {
  if (/\.(embed_tokens|shared_head\.head)\.weight$/.test(name)) return plain([vocabSize, hiddenSize]);
  if (/\.eh_proj\.weight$/.test(name)) return plain([hiddenSize, 2 * hiddenSize]);
  return /\.(enorm|hnorm|shared_head\.norm)\.weight$/.test(name) ? plain([hiddenSize]) : null;
}
