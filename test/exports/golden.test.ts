import type { Capabilities, ModelSource } from 'model-assay';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCandidate } from '../../dist/esm/sources/open.js';
import { distance, distanceToTorch, golden } from '../support/measure.js';
import { FIXTURES } from '../support/onnx.js';

const TOLERANCE = 1e-4;
/** Golden and model folder. */
const MODELS = [
  ['quill-full-1', 'quill/full-1'],
  ['quill-full-1-f16', 'quill/full-1-f16'],
  ['quill-student-1a', 'quill/student-1a'],
  ['folio-full-1', 'folio/full-1'],
  ['folio-full-1-attn', 'folio/full-1-attn'],
  ['folio-student-1a', 'folio/student-1a'],
] as const;

describe.each(MODELS)('%s', (name, folder) => {
  const expected = golden(name);
  let source: ModelSource;
  let capabilities: Capabilities;
  beforeAll(async () => {
    source = await openCandidate(`${FIXTURES}models/${folder}`);
    capabilities = source.capabilities as Capabilities;
  });
  afterAll(() => source.close());

  it('gives the log-probabilities of torch, and continues with its cache as torch does without one', async () => {
    const { last, target, greedy } = await distanceToTorch(capabilities, name);
    expect(last).toBeLessThan(TOLERANCE);
    expect(target).toBeLessThan(TOLERANCE);
    expect(greedy).toEqual(expected.greedy);
  });

  it('gives the same numbers in a padded batch as alone', async () => {
    const sequences = [expected.ids, expected.ids.slice(0, 31), expected.ids.slice(5, 12)];
    const { logits } = capabilities;
    const together = await logits.score(sequences, [0, 1, 99], { batch: sequences.length });
    const alone = await logits.score(sequences, [0, 1, 99]);
    expect(alone).toHaveLength(sequences.length);
    for (const [i, single] of alone.entries()) {
      expect(together[i]?.argmax).toEqual(single.argmax);
      expect(distance(together[i]?.target ?? [], single.target)).toBeLessThan(TOLERANCE);
    }
  });

  it('cuts text into the expected tokens', async () => {
    const texts = expected.tokenizerIds.map(({ text }) => text);
    const ids = await Promise.all(texts.map((text) => capabilities.tokens.encode(text)));
    expect(ids).toEqual(expected.tokenizerIds.map((each) => each.ids));
  });

  it('gives the attention statistics of scipy', async () => {
    const seen = await capabilities.attention.measure(expected.ids);
    for (const [key, rows] of Object.entries(expected.attention)) {
      const measured = seen[key as keyof typeof expected.attention];
      for (const [layer, row] of rows.entries())
        expect(distance(measured[layer] ?? [], row)).toBeLessThan(TOLERANCE);
    }
  });
});
