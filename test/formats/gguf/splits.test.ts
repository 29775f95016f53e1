import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isAssayError } from '../../../src/core/errors.js';
import { readGguf } from '../../../src/formats/gguf/read.js';
import { checkSplits, type GgufPart } from '../../../src/formats/gguf/splits.js';
import { bytesOf } from '../../support/bytes.js';
import { gguf, list, pair, tensor } from '../../support/gguf.js';
import { FIXTURES } from '../../support/onnx.js';

interface Stated {
  readonly no: number;
  readonly count?: number;
  readonly total?: number;
  readonly names?: readonly string[];
  readonly tokens?: number;
}

async function part({ no, count = 2, total, names = [], tokens }: Stated): Promise<GgufPart> {
  const pairs = [pair('split.no', 'u16', no), pair('split.count', 'u16', count)];
  if (total !== undefined) pairs.push(pair('split.tensors.count', 'i32', total));
  if (tokens !== undefined) pairs.push(list('tokenizer.ggml.tokens', 'string', Array(tokens).fill('t')));
  const tensors = names.map((name, i) => tensor(name, [8, 2], 0, 64 * i));
  const name = `m-${no}.gguf`;
  return { name, file: await readGguf(bytesOf(gguf({ pairs, tensors, data: 64 * names.length }), name)) };
}

async function fault(...stated: readonly Stated[]): Promise<unknown> {
  const parts = await Promise.all(stated.map(part));
  try {
    return checkSplits(parts).map(({ name }) => name);
  } catch (error) {
    if (isAssayError(error)) return [error.code, error.fault, error.message];
    throw error;
  }
}

test('the set that gguf-py wrote is complete, whatever the order', async () => {
  const names = [3, 1, 2].map((i) => `split-0000${i}-of-00003.gguf`);
  const parts = await Promise.all(
    names.map(async (name) => ({
      name,
      file: await readGguf(bytesOf(readFileSync(`${FIXTURES}formats/gguf/${name}`), name)),
    })),
  );
  const ordered = checkSplits(parts);
  expect(ordered.map(({ name }) => name)).toEqual([names[1], names[2], names[0]]);
  expect(ordered.flatMap(({ file }) => file.tensors.map(({ name }) => name))).toEqual([
    't0',
    't1',
    't2',
    't3',
    't4',
  ]);
});

describe('a set', () => {
  test('of one file needs no numbers', async () => {
    const file = await readGguf(bytesOf(gguf({ tensors: [tensor('w', [8], 0, 0)], data: 32 })));
    expect(checkSplits([{ name: 'm.gguf', file }])).toHaveLength(1);
    expect(checkSplits([])).toEqual([]);
  });

  test('that was merged keeps stale counts', async () => {
    expect(await fault({ no: 0, count: 0, total: 9, names: ['a'] })).toEqual(['m-0.gguf']);
  });

  test.each<[string, readonly Stated[], unknown[]]>([
    [
      'lacks a part',
      [
        { no: 0, count: 3 },
        { no: 2, count: 3 },
      ],
      ['FORMAT_TRUNCATED', 'GGUF_SPLIT_MISSING', expect.stringMatching(/2 of 3 .* 1$/)],
    ],
    [
      'has a part twice',
      [{ no: 1 }, { no: 1 }],
      ['FORMAT_INVALID', 'GGUF_SPLIT_DUPLICATE', expect.stringContaining('m-1.gguf')],
    ],
    [
      'disagrees on its size',
      [{ no: 0 }, { no: 1, count: 3 }],
      ['FORMAT_INVALID', 'GGUF_SPLIT', expect.stringContaining('one of 3')],
    ],
    [
      'has a tensor twice',
      [
        { no: 0, names: ['w'] },
        { no: 1, names: ['w'] },
      ],
      ['FORMAT_INVALID', 'GGUF_SPLIT_TENSOR_TWICE', expect.stringContaining('"w" is in m-0.gguf')],
    ],
    [
      'has fewer tensors than stated',
      [
        { no: 0, total: 3, names: ['a'] },
        { no: 1, names: ['b'] },
      ],
      ['FORMAT_INVALID', 'GGUF_SPLIT_TENSORS', expect.stringContaining('the parts hold 2')],
    ],
    [
      'has an embedding of another vocabulary',
      [
        { no: 0, tokens: 3 },
        { no: 1, names: ['token_embd.weight'] },
      ],
      ['FORMAT_INVALID', 'GGUF_VOCABULARY_SIZE', expect.stringContaining('3 tokens')],
    ],
  ])('that %s is refused', async (_, stated, expected) => {
    expect(await fault(...stated)).toEqual(expected);
  });
});
