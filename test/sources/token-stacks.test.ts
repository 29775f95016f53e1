import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
// From the build: the shipped vocabularies are found beside it.
import { tokenStacks } from '../../dist/esm/sources/token-stacks.js';

const BERT = join(import.meta.dirname, '../../fixtures/encoders/bert/tokenizer.json');
const SHIPPED = ['cl100k', 'deepseek-v3', 'llama-3', 'o200k', 'qwen2.5'];

test('shipped tokenizers are read once and count', async () => {
  const stacks = tokenStacks({});
  expect(stacks.ids).toEqual(SHIPPED);
  const qwen = await stacks.load('qwen2.5');
  expect(await stacks.load('qwen2.5')).toBe(qwen);
  expect(qwen.count('12345 <|im_end|>')).toBe(10);
  expect(qwen.countSpecial('12345 <|im_end|>')).toBe(7);
  expect(Buffer.from(qwen.bytes(151645) ?? []).toString()).toBe('<|im_end|>');
  expect(qwen.bytes(10 ** 9)).toBeUndefined();
});

test('a tokenizer.json of the auditor’s own is one more', async () => {
  const stacks = tokenStacks({ tokenizers: { mine: BERT } });
  expect(stacks.ids).toEqual([...SHIPPED, 'mine']);
  const mine = await stacks.load('mine');
  expect(mine.id).toBe('mine');
  expect(mine.count('the cat')).toBeGreaterThan(0);
  expect(mine.count('')).toBe(0);
});

test('names and files that are none are refused', async () => {
  const broken = join(mkdtempSync(join(tmpdir(), 'assay-')), 'tokenizer.json');
  writeFileSync(broken, '{"model": 3}');
  const stacks = tokenStacks({ tokenizers: { broken, absent: `${broken}.absent` } });
  await expect(stacks.load('gpt-9')).rejects.toMatchObject({ code: 'TOKENIZER_MISSING' });
  await expect(stacks.load('broken')).rejects.toMatchObject({ code: 'TOKENIZER_INVALID' });
  await expect(stacks.load('absent')).rejects.toMatchObject({ code: 'TOKENIZER_INVALID' });
});
