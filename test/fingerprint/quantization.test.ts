import { describe, expect, test } from 'vitest';
import { seededRng } from '../../src/core/rng.js';
import type { Capabilities, ProbeContext } from '../../src/core/types.js';
import quantization, { type QuantizationEvidence } from '../../src/fingerprint/probes/quantization.js';
import { openCandidate } from '../../src/sources/open.js';
import { shared, sharedData, whySkipped } from '../support/shared-data.js';

async function collect(path: string): Promise<QuantizationEvidence> {
  const source = await openCandidate(path);
  try {
    const context = { rng: seededRng(1), signal: undefined } as ProbeContext;
    return await quantization.collect(source.capabilities as Capabilities, context);
  } finally {
    await source.close();
  }
}

describe.skipIf(!sharedData)(`stories260K${whySkipped}`, () => {
  const folder = 'models/stories260K/';

  test.each([
    ['stories260K.f32.gguf', 'F32', 32, null],
    ['stories260K.Q8_0.gguf', 'Q8_0', 8, 32],
    ['stories260K.Q4_0.gguf', 'Q4_0', 4, 32],
    ['hf-f32', 'F32', 32, null],
  ])('%s', async (file, method, bits, group) => {
    const { methods, labels, lattice } = await collect(shared(folder + file));
    expect(methods[0]).toMatchObject({ method, bits, group });
    expect(labels.filter(({ contradicts }) => contradicts)).toEqual([]);
    expect(lattice).toMatchObject({ grids: [], nonFinite: 0, constant: 0 });
  });
});
