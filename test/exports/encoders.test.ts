import type { AttentionStatistics } from 'model-assay';
import { afterAll, describe, expect, it } from 'vitest';
import { encoder, encoderGolden, GRIDS, without } from '../support/encoders.js';
import { scratch } from '../support/exports.js';
import { distance } from '../support/measure.js';
import { SharedRuntime } from '../support/shared-runtime.js';

const TOLERANCE = 1e-4;
const folder = scratch();
const runtime = new SharedRuntime();
afterAll(() => runtime.close());
const attention = (path: string, ids: readonly number[]): Promise<AttentionStatistics> =>
  runtime.ask(path, (asked) => asked.attention.measure(ids));

function expectAsInTorch(seen: AttentionStatistics, name: string): void {
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
    const [scored] = await runtime.ask(encoder(name), ({ logits }) => logits.score([ids], [0]));
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
    const ids = await runtime.ask(encoder(name), ({ tokens }) =>
      Promise.all(expected.map(({ text }) => tokens.encode(text))),
    );
    expect(ids).toEqual(expected.map((each) => each.ids));
  });
});
