import { describe, expect, it } from 'vitest';
import { collectLineage } from '../../src/fingerprint/lineage/collect.js';
import { relationsOf } from '../../src/fingerprint/lineage/relation.js';
import type { LineageEvidence } from '../../src/fingerprint/lineage/types.js';
import { openCandidate } from '../../src/sources/open.js';
import { shared, sharedData, whySkipped } from '../support/shared-data.js';

async function print(path: string): Promise<LineageEvidence> {
  const source = await openCandidate(shared(`models/stories260K/${path}`));
  try {
    const { weights } = source.capabilities;
    if (!weights) throw new Error(`${path} gives no weights`);
    return await collectLineage(weights);
  } finally {
    await source.close();
  }
}

describe.skipIf(!sharedData)(`one model in several containers${whySkipped}`, () => {
  it.each([
    ['stories260K.f32.gguf', 'same', null],
    ['stories260K.Q8_0.gguf', 'quantized', 8],
    ['stories260K.Q4_0.gguf', 'quantized', 6],
  ])('%s is %s', async (file, kind, bits) => {
    const [found] = relationsOf(await print(file), [await print('hf-f32')]);
    expect(found).toMatchObject({ kind, bits });
    expect(found?.rows?.pairs).toHaveLength(35);
    expect(found?.frames?.cka).toBeGreaterThan(0.98);
  });
});
