import type { ShardIndex } from '../../core/types.js';

/** A tensor as a header describes it. */
export interface HeaderEntry {
  readonly dtype: string;
  readonly dims: readonly number[];
  readonly bytes: number;
}

/**
 * How a writer lays a shard out: tensors in the order of the index, or by alignment and name as the safetensors library
 * sorts them; a header that ends where it ends, or is padded to a multiple of 8 with spaces.
 */
export interface ShardLayout {
  readonly order: 'index' | 'sorted';
  readonly padding: 1 | 8;
}

export const SHARD_LAYOUTS: readonly ShardLayout[] = [
  { order: 'index', padding: 1 },
  { order: 'sorted', padding: 8 },
  { order: 'index', padding: 8 },
  { order: 'sorted', padding: 1 },
];

const LENGTH_FIELD = 8;
const METADATA = '"__metadata__":{"format":"pt"}';
const BRACES = 2;
/** The safetensors library writes wide types first. */
const WIDTH: Readonly<Record<string, number>> = { BF16: 2, F16: 2, F32: 4, F64: 8 };
const utf8 = new TextEncoder();

/**
 * Size in bytes of every shard an index lists, from the shape and type of its tensors alone:
 * 8 + header + payload. Null when a tensor is not described.
 */
export function predictShardSizes(
  index: ShardIndex,
  entryOf: (name: string) => HeaderEntry | null,
  { order, padding }: ShardLayout = { order: 'index', padding: 1 },
): ReadonlyMap<string, number> | null {
  const shards = new Map<string, { readonly name: string; readonly entry: HeaderEntry }[]>();
  for (const [name, shard] of index.tensors) {
    const entry = entryOf(name);
    if (entry === null) return null;
    const known = shards.get(shard);
    if (known) known.push({ name, entry });
    else shards.set(shard, [{ name, entry }]);
  }
  return new Map(
    [...shards].map(([shard, tensors]) => {
      if (order === 'sorted') tensors.sort(byAlignment);
      return [shard, sizeOf(tensors, padding)];
    }),
  );
}

type Named = { readonly name: string; readonly entry: HeaderEntry };

function byAlignment(a: Named, b: Named): number {
  const width = ({ entry }: Named): number => WIDTH[entry.dtype] ?? 1;
  return width(b) - width(a) || (a.name < b.name ? -1 : 1);
}

function sizeOf(tensors: readonly Named[], padding: number): number {
  let header = BRACES + METADATA.length;
  let payload = 0;
  for (const { name, entry } of tensors) {
    const end = payload + entry.bytes;
    const described = `:{"dtype":"${entry.dtype}","shape":[${entry.dims.join(',')}],"data_offsets":[${payload},${end}]}`;
    header += ','.length + utf8.encode(JSON.stringify(name)).length + described.length;
    payload = end;
  }
  return LENGTH_FIELD + Math.ceil(header / padding) * padding + payload;
}
