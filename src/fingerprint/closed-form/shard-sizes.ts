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
const QUOTES = 2;
const PLAIN_NAME = /^[\w./-]*$/;
/** The safetensors library writes wide types first. */
const WIDTH: Readonly<Record<string, number>> = { BF16: 2, F16: 2, F32: 4, F64: 8 };
const utf8 = new TextEncoder();

type Entry = HeaderEntry & { readonly name: string };

/** Every listed tensor with what its header says, by shard; null when one is not described. */
export function shardEntries(
  index: ShardIndex,
  entryOf: (name: string) => HeaderEntry | null,
): ReadonlyMap<string, readonly Entry[]> | null {
  const shards = new Map<string, Entry[]>();
  for (const [name, shard] of index.tensors) {
    const entry = entryOf(name);
    if (entry === null) return null;
    const { dtype, dims, bytes } = entry;
    const known = shards.get(shard);
    if (known) known.push({ name, dtype, dims, bytes });
    else shards.set(shard, [{ name, dtype, dims, bytes }]);
  }
  return shards;
}

/** Size in bytes of every shard, from the shape and type of its tensors alone: 8 + header + payload. */
export function predictShardSizes(
  shards: ReadonlyMap<string, readonly Entry[]>,
  { order, padding }: ShardLayout = { order: 'index', padding: 1 },
): ReadonlyMap<string, number> {
  return new Map(
    [...shards].map(([shard, tensors]) => [
      shard,
      sizeOf(order === 'sorted' ? [...tensors].sort(byAlignment) : tensors, padding),
    ]),
  );
}

function byAlignment(a: Entry, b: Entry): number {
  const width = ({ dtype }: Entry): number => WIDTH[dtype] ?? 1;
  return width(b) - width(a) || (a.name < b.name ? -1 : 1);
}

function sizeOf(tensors: readonly Entry[], padding: number): number {
  let header = BRACES + METADATA.length;
  let payload = 0;
  for (const { name, dtype, dims, bytes } of tensors) {
    const end = payload + bytes;
    header +=
      ','.length +
      textLength(name) +
      `:{"dtype":"${dtype}","shape":[${dims}],"data_offsets":[${payload},${end}]}`.length;
    payload = end;
  }
  return LENGTH_FIELD + Math.ceil(header / padding) * padding + payload;
}

/** Bytes of a name as JSON; plain names are the rule. */
function textLength(name: string): number {
  return PLAIN_NAME.test(name) ? name.length + QUOTES : utf8.encode(JSON.stringify(name)).length;
}
