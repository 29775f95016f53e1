import { type Architecture, fingerprint } from 'model-assay';
import { describe, expect, it } from 'vitest';
import { shared, sharedData, whySkipped } from '../support/shared-data.js';

const FACTS = [
  'layers',
  'hiddenSize',
  'attentionHeads',
  'keyValueHeads',
  'headDim',
  'vocabSize',
  'intermediateSize',
] as const;

async function architectureOf(name: string): Promise<Architecture> {
  const { probes } = await fingerprint(shared(`models/stories260K/${name}`));
  const { architecture } = probes;
  return architecture?.status === 'ok' ? (architecture.data as Architecture) : expect.fail(name);
}

describe.skipIf(!sharedData)(`one model in four containers${whySkipped}`, () => {
  it.each<readonly [string, number, string, number | undefined]>([
    ['hf-f32', 32, 'config', 260_032],
    ['stories260K.f32.gguf', 32, 'metadata', 260_032],
    ['stories260K.Q8_0.gguf', 8, 'metadata', 260_032],
    // Its head is stored in other blocks than the embedding: whether it is a copy cannot be told.
    ['stories260K.Q4_0.gguf', 4, 'metadata', undefined],
  ])('%s', async (name, bits, heads, parameters) => {
    const read = await architectureOf(name);
    expect(FACTS.map((fact) => read[fact]?.value)).toEqual([5, 64, 8, 4, 8, 512, 172]);
    expect(read.attentionHeads?.from).toBe(heads);
    expect(read.weightBits?.value).toBe(bits);
    expect(read.parameters?.value).toBe(parameters);
    expect(read.contradictions).toEqual([]);
  });

  it('a head that repeats the embedding is named', async () => {
    expect(await architectureOf('stories260K.f32.gguf')).toMatchObject({
      tiedEmbeddings: { value: true, from: 'weights' },
      uncounted: { 'repeated-head': 32_768 },
    });
  });
});
