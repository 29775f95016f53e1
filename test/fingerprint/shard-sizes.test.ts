import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { configClaims } from '../../src/core/config-claims.js';
import { readArchitecture } from '../../src/fingerprint/architecture.js';
import { entriesOf } from '../../src/fingerprint/closed-form/entries.js';
import { shapeOf } from '../../src/fingerprint/closed-form/families.js';
import {
  predictShardSizes,
  SHARD_LAYOUTS,
  type ShardLayout,
  shardEntries,
} from '../../src/fingerprint/closed-form/shard-sizes.js';
import { readShardIndex } from '../../src/formats/safetensors/shard-index.js';
import { openCandidate } from '../../src/sources/open.js';
import { shared, sharedData, whySkipped } from '../support/shared-data.js';

const DISTILL = 'models/deepseek-r1-distill-qwen-32b-METADATA';
const FULL = 'models/deepseek-r1-full-METADATA';

function publishedSizes(model: string): Record<string, number> {
  const lines = readFileSync(shared('hashes/reference-digests.txt'), 'utf8').split('\n');
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [id, name = '', , bytes] = line.split(' ');
      return id === model ? [[name, Number(bytes)]] : [];
    }),
  );
}

async function read(folder: string) {
  const source = await openCandidate(shared(folder));
  try {
    const structure = await source.capabilities.weights?.structure();
    return readArchitecture(structure ?? expect.fail('the folder holds no model'));
  } finally {
    await source.close();
  }
}

describe.skipIf(!sharedData)(`published metadata${whySkipped}`, () => {
  it('R1-Distill-Qwen-32B: every shard size to the byte, from index and configuration alone', async () => {
    const { shardSizes, laws, ...facts } = await read(DISTILL);
    expect(shardSizes).toEqual(publishedSizes('deepseek-r1-distill-qwen-32b'));
    expect(laws).toEqual([
      { law: 'tensors', expected: 771, observed: 771, from: 'index' },
      { law: 'payloadBytes', expected: 65_527_752_704, observed: 65_527_752_704, from: 'index' },
    ]);
    expect(facts).toMatchObject({
      layers: { value: 64, from: 'index' },
      attentionHeads: { value: 40, from: 'config' },
      vocabSize: { value: 152_064, from: 'config' },
      parameters: { value: 32_763_876_352, from: 'config' },
      qkvBias: { value: true, from: 'index' },
      contradictions: [],
    });
  });

  it('R1: what its configuration implies, to the unit', async () => {
    expect(await read(FULL)).toMatchObject({
      parameters: { value: 671_026_419_200, from: 'config' },
      activeParameters: { value: 37_552_282_624, from: 'config' },
      tensors: { value: 91_991, from: 'config' },
      payloadBytes: { value: 688_574_839_360, from: 'config' },
      contradictions: [],
    });
  });

  it('an index held against another configuration breaks the law', async () => {
    const bytes = readFileSync(shared(`${DISTILL}/model.safetensors.index.json`));
    const index = readShardIndex(bytes, 'model.safetensors.index.json');
    const config = JSON.parse(readFileSync(shared(`${DISTILL}/config.json`), 'utf8'));
    const shape = shapeOf(
      { ...config, intermediate_size: 27_656 },
      configClaims({ ...config, intermediate_size: 27_656 }),
    );
    const entries = shardEntries(index, entriesOf(shape ?? expect.fail(), { dtype: 'BF16' }));
    const sizes = predictShardSizes(entries ?? expect.fail());
    const published = publishedSizes('deepseek-r1-distill-qwen-32b');
    expect([...sizes].filter(([name, size]) => published[name] === size)).toEqual([]);
  });
});

describe('layouts', () => {
  const tensors = new Map([
    ['b', { dtype: 'BF16', dims: [3, 5], bytes: 30 }],
    ['a', { dtype: 'F32', dims: [7], bytes: 28 }],
    ['é', { dtype: 'F8_E4M3', dims: [2], bytes: 2 }],
  ]);
  const index = { tensors: new Map([...tensors.keys()].map((name) => [name, 'x'])), totalSize: null };
  const written = ({ order, padding }: ShardLayout): number => {
    const names = order === 'index' ? ['b', 'a', 'é'] : ['a', 'b', 'é'];
    let offset = 0;
    const header = JSON.stringify({
      __metadata__: { format: 'pt' },
      ...Object.fromEntries(
        names.map((name) => {
          const { dtype, dims, bytes } = tensors.get(name) ?? expect.fail();
          offset += bytes;
          return [name, { dtype, shape: dims, data_offsets: [offset - bytes, offset] }];
        }),
      ),
    });
    return 8 + Math.ceil(Buffer.byteLength(header) / padding) * padding + offset;
  };

  it.each(SHARD_LAYOUTS)('$order, padded to $padding', (layout) => {
    const entries = shardEntries(index, (name) => tensors.get(name) ?? null);
    expect(predictShardSizes(entries ?? expect.fail(), layout).get('x')).toBe(written(layout));
  });

  it('a tensor nobody describes leaves all sizes open', () => {
    expect(shardEntries(index, (name) => (name === 'a' ? (tensors.get(name) ?? null) : null))).toBeNull();
  });
});
