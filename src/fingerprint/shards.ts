import type { Architecture, VariantView } from '../core/types.js';

type Sizes = ReadonlyMap<string, number>;
const SHARD = /-\d{5,6}-of-\d{5,6}\.safetensors$/;

/** Bytes of each shard that configuration and index of the candidate imply; empty where they imply none. */
export function impliedShards({ shardSizes }: Partial<Architecture>): Sizes {
  return new Map(Object.entries(shardSizes ?? {}));
}

function publishedShards({ files = [] }: VariantView): Sizes {
  return new Map(
    files.flatMap(({ name, bytes }): [string, number][] =>
      SHARD.test(name) && bytes !== undefined ? [[name, bytes]] : [],
    ),
  );
}

/** True when every shard has the published name and size, to the byte. */
export function sameShards(implied: Sizes, variant: VariantView): boolean {
  const published = publishedShards(variant);
  return (
    published.size > 0 &&
    published.size === implied.size &&
    [...published].every(([name, bytes]) => implied.get(name) === bytes)
  );
}

/** Shards of a version that are not the candidate's. */
export function differentShards(implied: Sizes, variant: VariantView): string[] {
  const published = publishedShards(variant);
  if (published.size === 0 || implied.size === 0 || sameShards(implied, variant)) return [];
  return [`${words(published)} (not ${words(implied)})`];
}

function words(sizes: Sizes): string {
  const total = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  return `${sizes.size} shards of ${total.toLocaleString('en-US')} bytes`;
}
