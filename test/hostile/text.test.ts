import { readFileSync, rmSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { attention } from '../../dist/esm/index.js';
import { candidate, codes, codesOf, fixturePath } from '../support/hostile-candidates.js';
import { SharedRuntime } from '../support/shared-runtime.js';

const LIMITED = { only: ['generation'], timeoutMs: 700 };
const DOUBLES =
  '{% set n = namespace(s="x") %}{% for i in range(99) %}{% set n.s = n.s + n.s %}{% endfor %}{{ n.s }}';
const tokenizer = JSON.parse(
  readFileSync(fixturePath('models/quill/student-1a/tokenizer.json'), 'utf8'),
) as Record<string, unknown> & { model: { vocab: Record<string, unknown> } };

describe('a tokenizer', () => {
  const runtime = new SharedRuntime();
  afterAll(() => runtime.close());
  const isRefused = async (content: string): Promise<void> => {
    const evidence = await runtime.collect(candidate({ 'tokenizer.json': content }), { only: LIMITED.only });
    expect(codesOf(evidence)).toEqual({ generation: 'TOKENIZER_INVALID' });
  };

  test('that is missing', async () => {
    const folder = candidate();
    rmSync(join(folder, 'tokenizer.json'));
    expect(await codes(folder)).toMatchObject({ architecture: 'ok', generation: 'TOKENIZER_MISSING' });
  });

  test.each([
    ['empty', ''],
    ['no JSON', '{"model":'],
    ['a list', '[]'],
    ['null', 'null'],
    ['without a model', '{"version":"1.0"}'],
    ['of an unknown kind', '{"model":{"type":"Evil","vocab":{}}}'],
    ['with a vocabulary of the wrong kind', '{"model":{"type":"BPE","vocab":7,"merges":7}}'],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\n'],
    ['with a prototype', '{"__proto__":{"model":{}},"constructor":{"prototype":{}}}'],
  ])('that is %s', (_, content) => isRefused(content));

  test('that is no JSON, in a child of its own', async () => {
    expect(await codes(candidate({ 'tokenizer.json': '{"model":' }), LIMITED)).toEqual({
      generation: 'TOKENIZER_INVALID',
    });
  });

  test('of 200 MB', async () => {
    const folder = candidate();
    truncateSync(join(folder, 'tokenizer.json'), 200 * 2 ** 20);
    expect(await codes(folder, LIMITED)).toEqual({ generation: 'TOKENIZER_INVALID' });
  });

  test('whose ids are no numbers', async () => {
    const vocab = Object.fromEntries(Object.keys(tokenizer.model.vocab).map((token) => [token, 'x']));
    await isRefused(JSON.stringify({ ...tokenizer, model: { ...tokenizer.model, vocab } }));
  });

  test('whose pattern backtracks for ever', async () => {
    const Regex = '(([\\s\\S])+)+\\u0001$';
    const split = { type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false };
    const folder = candidate({ 'tokenizer.json': JSON.stringify({ ...tokenizer, pre_tokenizer: split }) });
    expect(await codes(folder, LIMITED)).toEqual({ generation: 'RUNTIME_TIMEOUT' });
  });

  test('that multiplies its input', async () => {
    const normalizer = { type: 'Replace', pattern: { String: 'e' }, content: 'e '.repeat(2_000_000) };
    const found = await codes(
      candidate({ 'tokenizer.json': JSON.stringify({ ...tokenizer, normalizer }) }),
      LIMITED,
    );
    expect(found.generation).toMatch(/^(RUNTIME_(TIMEOUT|MEMORY)|FORMAT_LIMIT|TOKENIZER_INVALID)$/);
  });

  test('behind a link that leaves the folder leaves the model usable', async () => {
    const folder = candidate({}, 'folio/full-1-attn');
    rmSync(join(folder, 'tokenizer.json'));
    symlinkSync('/etc/passwd', join(folder, 'tokenizer.json'));
    expect(await codes(folder, LIMITED)).toEqual({ generation: 'PATH_ESCAPES' });
    expect((await attention(folder, [1, 2, 3])).layers).toBe(4);
  });
});

describe('a chat template', () => {
  test.each([
    [
      'loops',
      '{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}',
      'RUNTIME_TIMEOUT',
    ],
    [
      'makes a range of a billion',
      '{% for i in range(1000000000) %}{% endfor %}',
      'RUNTIME_(MEMORY|TIMEOUT)',
    ],
    [
      'doubles a list',
      '{% set n = namespace(l=["x"]) %}{% for i in range(99) %}{% set n.l = n.l + n.l %}{% endfor %}',
      'RUNTIME_(MEMORY|TIMEOUT)|TEMPLATE_INVALID',
    ],
    ['doubles a text', DOUBLES, 'RUNTIME_(MEMORY|TIMEOUT)|TEMPLATE_(INVALID|LIMIT)'],
    ['does not parse', '{% for %}', 'TEMPLATE_INVALID'],
    ['prints two megabytes', DOUBLES.replace('99', '21'), 'TEMPLATE_LIMIT'],
    ['is two megabytes', 'x'.repeat(2 ** 21), 'TEMPLATE_LIMIT'],
  ])('that %s', async (_, template, code) => {
    const folder = candidate({ 'chat_template.jinja': template });
    const { generation } = await codes(folder, { ...LIMITED, timeoutMs: 800 });
    expect(generation).toMatch(new RegExp(`^(${code})$`));
  });

  test('that hangs costs only what needs it', async () => {
    const hang = '{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}';
    const found = await codes(candidate({ 'chat_template.jinja': hang }), { timeoutMs: 800 });
    expect(found).toMatchObject({ generation: 'RUNTIME_TIMEOUT', 'log-probabilities': 'ok', latency: 'ok' });
  });
});

describe('config.json', () => {
  test.each([
    ['empty', ''],
    ['no JSON', '{'],
    ['a list', '[1]'],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\n'],
  ])('that is %s', async (_, content) => {
    expect(
      await codes(candidate({ 'config.json': content }), { only: ['files', 'architecture'] }),
    ).toMatchObject({
      files: 'ok',
      architecture: 'MODEL_CONFIG_INVALID',
    });
  });

  test('that names prototypes pollutes nothing', async () => {
    const config =
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"text_config":{"__proto__":{"polluted":1}}}';
    await codes(candidate({ 'config.json': config, 'tokenizer_config.json': config }), LIMITED);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('with absurd sizes', async () => {
    const config = JSON.stringify({
      num_attention_heads: 1e300,
      hidden_size: 0.5,
      max_position_embeddings: 1e-9,
    });
    const found = await codes(candidate({ 'config.json': config }), { only: ['log-probabilities'] });
    expect(found).toEqual({ architecture: 'ok', 'log-probabilities': 'ok' });
  });
});
