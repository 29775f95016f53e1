import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { StoredTensor } from '../../../src/core/types.js';
import {
  MAX_INDEX_BYTES,
  MAX_INDEXED_TENSORS,
  MAX_NAME_LENGTH,
  MAX_SHARDS,
} from '../../../src/formats/safetensors/limits.js';
import { readSafetensors } from '../../../src/formats/safetensors/read.js';
import {
  openShardIndex,
  readShardIndex,
  type ShardIndexFile,
} from '../../../src/formats/safetensors/shard-index.js';
import { checkShards } from '../../../src/formats/safetensors/shard-set.js';
import type { SafetensorsFile } from '../../../src/formats/safetensors/types.js';
import { openBytes, openDelivery } from '../../../src/io/files.js';
import { around } from '../../support/bad-safetensors.js';
import { shared, sharedData, whySkipped } from '../../support/shared-data.js';

const ONE = 'model-00001-of-00002.safetensors';
const TWO = 'model-00002-of-00002.safetensors';

const index = (map: Readonly<Record<string, string>>, totalSize?: number): ShardIndexFile => {
  const metadata = totalSize === undefined ? {} : { metadata: { total_size: totalSize } };
  return readShardIndex(new TextEncoder().encode(JSON.stringify({ ...metadata, weight_map: map })), 'i.json');
};

/** A shard of tensors of 4 bytes each. */
const shard = (...names: readonly string[]): SafetensorsFile => {
  const tensors = names.map(
    (name, i): StoredTensor => ({ name, dims: [4], dtype: 'U8', file: '', offset: 100 + 4 * i, bytes: 4 }),
  );
  return { metadata: new Map(), tensors, headerBytes: 100 };
};

const set = (...shards: readonly (readonly [string, SafetensorsFile])[]) => new Map(shards);

describe('an index', () => {
  test('keeps its order, the byte of each entry and the total', () => {
    const read = index({ z: TWO, a: ONE, '1': ONE }, 12);
    expect(read.totalSize).toBe(12);
    // JSON.stringify puts whole-number keys first, as its text does here.
    expect([...read.tensors]).toEqual([
      ['1', ONE],
      ['z', TWO],
      ['a', ONE],
    ]);
    const text = JSON.stringify({ metadata: { total_size: 12 }, weight_map: { '1': ONE, z: TWO, a: ONE } });
    expect([...read.offsets]).toEqual(['"1":', '"z":', '"a":'].map((key) => text.indexOf(key) + key.length));
  });

  test('may leave the total out, state it as a float and hold more than it needs', () => {
    const text =
      '{"metadata":{"total_size":16.0,"by":["x"]},"weight_map":{"__proto__":"m.safetensors"},"more":{"a":null}}';
    const read = readShardIndex(new TextEncoder().encode(text), 'i.json');
    expect(read.totalSize).toBe(16);
    expect([...read.tensors]).toEqual([['__proto__', 'm.safetensors']]);
    expect(index({}).totalSize).toBeNull();
  });

  test('longer than any index is not read', async () => {
    const read = async (): Promise<Uint8Array> => {
      throw new Error('read');
    };
    const limit = { code: 'FORMAT_LIMIT', fault: 'INDEX_LIMIT', offset: 0 };
    await expect(openShardIndex({ size: MAX_INDEX_BYTES + 1, name: 'i.json', read })).rejects.toMatchObject(
      limit,
    );
  });

  test('with more tensors or shards than any model has is refused', () => {
    const many = (count: number, entry: (i: number) => string) =>
      `{"weight_map":{${Array.from({ length: count }, (_, i) => entry(i)).join(',')}}}`;
    for (const [text, fault] of [
      [many(MAX_INDEXED_TENSORS + 1, (i) => `"${i}":"m.safetensors"`), 'INDEX_TENSOR_LIMIT'],
      [many(MAX_SHARDS + 1, (i) => `"${i}":"${i}.safetensors"`), 'INDEX_SHARD_LIMIT'],
      [many(1, () => `"${'n'.repeat(MAX_NAME_LENGTH + 1)}":"m.safetensors"`), 'INDEX_TENSOR_LIMIT'],
    ] as const) {
      const run = () => readShardIndex(new TextEncoder().encode(text), 'i.json');
      expect(run).toThrow(expect.objectContaining({ code: 'FORMAT_LIMIT', fault }));
    }
  });

  test.runIf(sharedData)(`of R1-Distill-Qwen-32B names 771 tensors in 8 shards${whySkipped}`, () => {
    const path = shared('models/deepseek-r1-distill-qwen-32b-METADATA/model.safetensors.index.json');
    const read = readShardIndex(new Uint8Array(readFileSync(path)), 'model.safetensors.index.json');
    expect(read.totalSize).toBe(65_527_752_704);
    expect(read.tensors.size).toBe(771);
    expect(new Set(read.tensors.values()).size).toBe(8);
  });
});

describe('shards against their index', () => {
  test('that agree have no findings', () => {
    const files = set([ONE, shard('a', 'b')], [TWO, shard('c')]);
    expect(checkShards(index({ a: ONE, b: ONE, c: TWO }, 12), files)).toEqual([]);
    expect(checkShards(index({ a: ONE, b: ONE, c: TWO }), files)).toEqual([]);
  });

  test.each<[string, ShardIndexFile, ReadonlyMap<string, SafetensorsFile>]>([
    [
      'INDEX_TENSOR_TWICE',
      index({ x: ONE, a: ONE, b: TWO }),
      set([ONE, shard('x', 'a')], [TWO, shard('a', 'b')]),
    ],
    [
      'INDEX_TENSOR_ELSEWHERE',
      index({ x: ONE, a: TWO, y: TWO }),
      set([ONE, shard('x', 'a')], [TWO, shard('y')]),
    ],
    ['INDEX_TENSOR_ELSEWHERE', index({ x: ONE, a: TWO }), set([ONE, shard('x', 'a')])],
    ['INDEX_ENTRY_GHOST', index({ x: ONE, a: ONE }), set([ONE, shard('x')])],
  ])('%s is refused at the entry', (fault, read, files) => {
    const run = () => checkShards(read, files);
    expect(run).toThrow(expect.objectContaining({ code: 'FORMAT_INVALID', fault, offset: read.offsets[1] }));
    expect(run).toThrow(/^i\.json: at byte \d+, tensor "a" /);
  });

  test('shards that were not delivered are a finding, and what they hold is not judged', () => {
    const read = index({ a: ONE, b: TWO, c: TWO }, 999);
    expect(checkShards(read, set([ONE, shard('a')]))).toEqual([
      { kind: 'shards-absent', shards: [TWO], tensors: 2 },
    ]);
    expect(checkShards(read, new Map())).toEqual([{ kind: 'shards-absent', shards: [ONE, TWO], tensors: 3 }]);
  });

  test('files beside the shards are a finding, even with the same tensors', () => {
    const files = set([ONE, shard('a')], ['consolidated.safetensors', shard('a', 'z')]);
    expect(checkShards(index({ a: ONE }, 4), files)).toEqual([
      { kind: 'files-unlisted', files: ['consolidated.safetensors'] },
    ]);
  });

  test('tensors that are stored and not listed are a finding', () => {
    const names = Array.from({ length: 20 }, (_, i) => `rotary.${i}`);
    expect(checkShards(index({ a: ONE }), set([ONE, shard('a', ...names)]))).toEqual([
      { kind: 'tensors-unlisted', count: 20, names: names.slice(0, 8) },
    ]);
  });

  test('a total that counts shared tensors twice is a finding', () => {
    expect(checkShards(index({ a: ONE }, 8), set([ONE, shard('a')]))).toEqual([
      { kind: 'total-size', stated: 8, stored: 4 },
    ]);
  });
});

test('a shard that links out of the folder is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-shards-'));
  const outside = mkdtempSync(join(tmpdir(), 'assay-outside-'));
  try {
    writeFileSync(join(outside, ONE), around('{}'));
    symlinkSync(join(outside, ONE), join(folder, ONE));
    writeFileSync(join(folder, TWO), around('{}'));
    symlinkSync(TWO, join(folder, 'inside.safetensors'));
    const delivery = await openDelivery(folder);
    await expect(openBytes(delivery, ONE)).rejects.toMatchObject({ code: 'PATH_ESCAPES' });
    const inside = await openBytes(delivery, 'inside.safetensors');
    expect((await readSafetensors(inside)).tensors).toEqual([]);
    await inside.close();
  } finally {
    rmSync(folder, { recursive: true });
    rmSync(outside, { recursive: true });
  }
});
