import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type Architecture, collect } from 'model-assay';
import { describe, expect, it, vi } from 'vitest';
import { renderTemplate } from '../../src/io/runtime/template.js';
import { assemble, scratch } from '../support/exports.js';
import { measure } from '../support/measure.js';
import { shared, sharedData, whySkipped } from '../support/shared-data.js';

vi.setConfig({ testTimeout: 60_000 });
const absent = sharedData === undefined;
const folder = absent ? '' : scratch();
const read = (path: string): string => readFileSync(shared(path), 'utf8');

async function facts(path: string): Promise<Architecture> {
  const { probes } = await collect(path, { only: ['architecture'] });
  const status = probes.architecture;
  if (status?.status !== 'ok') throw new Error(JSON.stringify(status));
  return status.data as Architecture;
}

describe.skipIf(absent)(`models of others${whySkipped}`, () => {
  it('runs a packed GPT-2 with fused attention and no config.json', async () => {
    const path = shared('models/genai-tiny-random-gpt2-fp32');
    const seen = await facts(path);
    expect(seen).toMatchObject({
      layers: { value: 5 },
      hiddenSize: { value: 32, from: 'shapes' },
      attentionHeads: { value: 4, from: 'graph' },
      keyValueHeads: { value: 4, from: 'shapes' },
      headDim: { value: 8, from: 'shapes' },
      vocabSize: { value: 1000, from: 'shapes' },
      contradictions: [],
    });
    const [ids, scored] = await measure(path, async ({ logits, sampling }) => [
      (await sampling.generate([5, 6, 7], { maxNewTokens: 4, ignoreEos: true })).ids,
      await logits.score([Array.from({ length: 100 }, (_, i) => i)], [0]),
    ]);
    expect(ids).toHaveLength(4);
    expect(scored?.[0]?.target.every(Number.isFinite)).toBe(true);
  });

  it.each(['mnist.onnx', 'external'])('says that an image classifier (%s) takes no tokens', async (file) => {
    const { probes } = await collect(shared(`models/rten-mnist-onnx/${file}`));
    expect(probes.architecture).toMatchObject({ status: 'ok', data: { layers: null, contradictions: [] } });
    expect(probes.files?.status).toBe('ok');
    expect(probes.generation?.status).not.toBe('ok');
    const asked = measure(shared(`models/rten-mnist-onnx/${file}`), ({ logits }) =>
      logits.score([[1, 2]], [0]),
    );
    await expect(asked).rejects.toThrow(/MODEL_INPUT_UNKNOWN.*no input_ids; its inputs are input/);
  });

  it.each([
    'stories260K/stories260K.f32.gguf',
    'stories260K/stories260K.Q4_0.gguf',
    'stories260K/hf-f32',
    'model2vec-float16',
  ])('takes %s as what it is', async (path) => {
    const { probes, candidate } = await collect(shared(`models/${path}`), {
      only: ['files', 'architecture'],
    });
    expect(candidate.kind).toBe(path.endsWith('.gguf') ? 'gguf' : 'safetensors');
    expect(probes.files?.status).toBe('ok');
    expect(probes.architecture?.status).not.toBe('failed');
  });
});

const SEPARATOR = '\n__ggml_vocab_test__\n';
describe.skipIf(absent)(`tokenizers of others${whySkipped}`, () => {
  it.each([
    ['qwen2.5', 'qwen2'],
    ['llama3', 'llama-bpe'],
  ])('cuts text as llama.cpp does with %s', async (name, expected) => {
    const path = assemble('root', `${folder}/${name}`);
    cpSync(shared(`tokenizers/${name}/tokenizer.json`), `${path}/tokenizer.json`);
    writeFileSync(`${path}/tokenizer_config.json`, '{}');
    const base = `tokenizers/expected/ggml-vocab-${expected}.gguf`;
    const texts = read(`${base}.inp`).split(SEPARATOR);
    const lines = read(`${base}.out`).split('\n').slice(0, texts.length);
    const ids = await measure(path, ({ tokens }) =>
      Promise.all(texts.map((text) => tokens.encode(text, { special: false }))),
    );
    const differing = texts.filter((_, i) => ids[i]?.join(' ') !== (lines[i] ?? '').trim());
    expect(differing).toEqual([]);
  });
});

/** Templates that do not render, and why: the first four iterate over tools and fail without any in Python as well. */
const NOT_RENDERED: Readonly<Record<string, string>> = {
  'CohereForAI-c4ai-command-r-plus-tool_use.jinja': 'Expected iterable',
  'NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use.jinja': 'Expected iterable',
  'NousResearch-Hermes-3-Llama-3.1-8B-tool_use.jinja': 'Expected iterable',
  'meetkai-functionary-medium-v3.1.jinja': 'selectattr',
  'ByteDance-Seed-OSS.jinja': 'Object keys must be strings',
  'fireworks-ai-llama-3-firefunction-v2.jinja': 'undefined values',
  'tencent-Hy3.jinja': 'not a function',
};

describe.skipIf(absent)(`templates of others${whySkipped}`, () => {
  const names = absent ? [] : readdirSync(shared('templates')).filter((name) => name.endsWith('.jinja'));
  const render = (name: string): string =>
    renderTemplate(read(`templates/${name}`), [{ role: 'user', content: 'What is 2 + 2?' }], {
      bos_token: '<s>',
      eos_token: '</s>',
    });

  it.each(names.filter((name) => NOT_RENDERED[name] === undefined))('asks the question in %s', (name) => {
    expect(render(name)).toContain('What is 2 + 2?');
  });

  it.each(Object.entries(NOT_RENDERED))('says why %s does not render', (name, why) => {
    expect(() => render(name)).toThrow(expect.objectContaining({ code: 'TEMPLATE_INVALID' }));
    expect(() => render(name)).toThrow(why);
  });
});
