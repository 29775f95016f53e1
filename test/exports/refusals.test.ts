import { readFileSync, writeFileSync } from 'node:fs';
import { type Architecture, collect } from 'model-assay';
import { afterAll, describe, expect, it } from 'vitest';
import { assemble, scratch } from '../support/exports.js';
import { SharedRuntime } from '../support/shared-runtime.js';
import { wordPiece } from '../support/tokenizers.js';

const folder = scratch();
const runtime = new SharedRuntime();
afterAll(() => runtime.close());
const TEXT_PROBES = ['log-probabilities', 'generation'];

describe.each([
  ['encoder-decoder', '"encoder_hidden_states" of type float32', 'encoder-decoder'],
  ['multimodal', '"pixel_values" of type float32', 'cannot fill'],
  ['hybrid', '"past_conv.0" of type float32', 'recurrent or convolutional'],
  ['state-space', '"past_ssm.0" of type float32', 'recurrent or convolutional'],
  ['mask-4d', '"attention_mask" of type float32', 'expected 2 dimensions'],
  ['static-cache', '"past_key_values.0.key"', 'present'],
])('%s', (name, input, why) => {
  it('is refused by the name of the input that cannot be filled', async () => {
    const { probes } = await runtime.collect(assemble(name, folder));
    for (const id of TEXT_PROBES) {
      const status = probes[id];
      const [code, message] =
        status?.status === 'failed'
          ? [status.error.code, status.error.message]
          : ['MODEL_OUTPUT_MISSING', status?.status === 'unavailable' ? status.missing : 'it ran'];
      expect(['MODEL_INPUT_UNKNOWN', 'MODEL_OUTPUT_MISSING']).toContain(code);
      expect(message).toContain(input);
      expect(message).toContain(why);
    }
    expect(probes['attention-statistics']).toMatchObject({
      status: 'unavailable',
      missing: expect.stringContaining('shows no attention'),
    });
    expect(probes.architecture?.status).toBe('ok');
    expect(probes.files?.status).toBe('ok');
  });
});

describe('an encoder', () => {
  const path = assemble('encoder', folder);
  writeFileSync(`${path}/tokenizer.json`, JSON.stringify(wordPiece()));

  it('shows structure and attention, and says that it cannot generate', async () => {
    const { probes } = await collect(path);
    for (const id of ['log-probabilities', 'generation', 'latency']) {
      expect(probes[id]).toMatchObject({
        status: 'unavailable',
        missing: expect.stringContaining('no logits output'),
      });
    }
    expect(probes['attention-statistics']).toMatchObject({
      status: 'ok',
      data: { layers: 2, headCount: [4, 4] },
    });
  });

  it('is not taken for a larger vocabulary because it has more positions than words', async () => {
    const { probes } = await collect(path, { only: ['architecture'] });
    const status = probes.architecture;
    const seen = (status?.status === 'ok' ? status.data : {}) as Architecture;
    expect(seen.vocabSize).toEqual({ value: 120, from: 'shapes' });
    expect(seen.layers).toEqual({ value: 2, from: 'graph' });
    expect(seen.contradictions).toEqual([]);
  });
});

describe('a delivery that lies about itself', () => {
  it.each([
    ['no-cache', { num_hidden_layers: 8 }, 'layers', { graph: 4, config: 8 }],
    ['root', { num_hidden_layers: 8 }, 'layers', { shapes: 4, config: 8 }],
    ['mha', { num_attention_heads: 16 }, 'attentionHeads', { graph: 8, config: 16 }],
    ['root', { num_attention_heads: 16 }, 'attentionHeads', { graph: 8, config: 16 }],
    ['gpt2-packed', { n_head: 12 }, 'attentionHeads', { graph: 6, config: 12 }],
    ['root', { num_key_value_heads: 8 }, 'keyValueHeads', { shapes: 4, graph: 4, config: 8 }],
    ['root', { vocab_size: 2048 }, 'vocabSize', { shapes: 1024, config: 2048 }],
    ['root', { hidden_size: 128 }, 'hiddenSize', { shapes: 64, config: 128 }],
  ] as const)('%s with %j is contradicted by its graph', async (name, lie, fact, values) => {
    const path = assemble(name, `${folder}/lies-${fact}`);
    const config = JSON.parse(readFileSync(`${path}/config.json`, 'utf8')) as object;
    writeFileSync(`${path}/config.json`, JSON.stringify({ ...config, ...lie }));
    const { probes } = await collect(path, { only: ['architecture'] });
    expect(probes.architecture).toMatchObject({ data: { contradictions: [{ fact, values }] } });
  });
});
