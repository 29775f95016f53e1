import { type AttentionReading, attention } from 'model-assay';
import { describe, expect, it, vi } from 'vitest';
import { encoder, encoderGolden, GRIDS, without } from '../support/encoders.js';
import { scratch } from '../support/exports.js';
import { distance, measure } from '../support/measure.js';

vi.setConfig({ testTimeout: 30_000 });

const TOLERANCE = 1e-4;
const folder = scratch();

function expectAsInTorch(seen: AttentionReading, name: string): void {
  const expected = encoderGolden(name);
  expect(seen.sites.map(({ kind, heads }) => ({ kind, heads }))).toEqual(
    expected.sites.map(({ kind, heads }) => ({ kind, heads })),
  );
  for (const [i, { keyValueHeads }] of seen.sites.entries())
    expect([expected.sites[i]?.keyValueHeads, null]).toContain(keyValueHeads);
  expect(seen.unmeasured).toEqual([]);
  for (const key of GRIDS) {
    for (const [layer, row] of expected.attention[key].entries())
      expect(distance(seen[key][layer] ?? [], row), `${key}, layer ${layer}`).toBeLessThan(TOLERANCE);
  }
}

describe.each(['bert', 'bert-f16', 'bert-2', 'distilbert', 'minilm'])('the encoder %s', (name) => {
  const { ids } = encoderGolden(name);

  it('gives the attention of torch', async () => {
    const seen = await attention(encoder(name), ids);
    expect(seen.tokens).toBe(ids.length);
    expectAsInTorch(seen, name);
  });
});

describe.each(['bert', 'bert-f16', 'bert-2', 'distilbert'])('the head of %s', (name) => {
  it('gives the log-probabilities of torch', async () => {
    const { ids, logprobsTarget } = encoderGolden(name);
    const [scored] = await measure(encoder(name), ({ logits }) => logits.score([ids], [0]));
    expect(distance(scored?.target ?? [], logprobsTarget ?? [])).toBeLessThan(TOLERANCE);
  });
});

describe('encoder–decoders', () => {
  it('give the attention of torch in all three kinds of layers: T5, merged decoder', async () => {
    expectAsInTorch(await attention(encoder('t5'), encoderGolden('t5').ids), 't5');
  });

  it('give it with a decoder that is not merged as well', async () => {
    const split = without('t5', ['decoder_model_merged.onnx'], folder);
    expectAsInTorch(await attention(split, encoderGolden('t5').ids), 't5');
  });

  it('give it on a synthetic spectrogram where sound is expected: Whisper', async () => {
    expectAsInTorch(await attention(encoder('whisper'), encoderGolden('whisper').ids), 'whisper');
  });
});

describe.each(['bert', 't5', 'whisper'])('the tokenizer of %s', (name) => {
  it('cuts text into the tokens the model was trained on', async () => {
    const expected = encoderGolden(name).tokenizerIds;
    const ids = await measure(
      encoder(name),
      ({ tokens }) => Promise.all(expected.map(({ text }) => tokens.encode(text))),
      ['tokens'],
    );
    expect(ids).toEqual(expected.map((each) => each.ids));
  });
});
