import { readShardIndex } from '../../../dist/esm/formats/safetensors/shard-index.js';
import { JSON_MUTATIONS } from '../json-mutate.mjs';
import { BYTE_MUTATIONS, splice } from '../mutate.mjs';

const shard = (at) => `model-0000${at}-of-00002.safetensors`;
const indices = [
  { metadata: { total_size: 16 }, weight_map: { a: shard(1), b: shard(1), c: shard(2) } },
  { weight_map: {} },
  {
    metadata: { total_size: 1.0, format: { by: ['x', null] } },
    weight_map: { é: 'm.safetensors' },
    extra: [1, {}],
  },
];
export const seeds = indices.map((index) => new TextEncoder().encode(JSON.stringify(index)));

const PATHS = ['..', '/', '\\\\', 'C:', '\\u0000', '\\u202e', '.bin', '%2e%2e'].map((text) =>
  new TextEncoder().encode(text),
);
const intoPath = (bytes, random) => splice(bytes, random.below(bytes.length + 1), 0, random.pick(PATHS));

export const mutations = [...BYTE_MUTATIONS, ...JSON_MUTATIONS, ...JSON_MUTATIONS, intoPath, intoPath];

export function run(bytes) {
  const { tensors, offsets } = readShardIndex(bytes, 'fuzz');
  if (offsets.length !== tensors.size) throw new Error('entries and their offsets differ in number');
  for (const name of tensors.values())
    if (!/^[^/\\:\p{Cc}\p{Cf}]{1,243}\.safetensors$/u.test(name) || name.includes('..'))
      throw new Error(`shard ${name} was accepted`);
  return 'read';
}
