import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAssayError } from '../../src/core/errors.js';
import type { TokenStack } from '../../src/core/types.js';
import { readVocabulary } from '../../src/formats/vocabulary/read.js';
import { stackOf } from '../../src/formats/vocabulary/stack.js';
import { loadTokenStack } from '../../src/io/tokenizer-stack.js';
import { shared, sharedData, whySkipped } from '../support/shared-data.js';

const GOLDEN = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/golden/tokenizers/gpt-tokenizer.json'), 'utf8'),
) as { by: string; texts: string[]; ids: Record<'cl100k' | 'o200k', number[][]> };

const shippedVocabulary = (id: string): Buffer =>
  readFileSync(join(import.meta.dirname, `../../tokenizers/${id}.vocab`));

const stacks = new Map<string, TokenStack>();
function stack(id: string): TokenStack {
  const known = stacks.get(id) ?? stackOf(readVocabulary(shippedVocabulary(id), id));
  stacks.set(id, known);
  return known;
}

/** Ends of tokens given by id, so that boundaries are compared and not only counts. */
function endsOf(by: TokenStack, ids: readonly number[]): number[] {
  let at = 0;
  return ids.map((id) => {
    at += by.bytes(id)?.length ?? Number.NaN;
    return at;
  });
}

describe.each(['cl100k', 'o200k'] as const)(`%s against ${GOLDEN.by}`, (id) => {
  test('cuts every text at the same places', () => {
    const own = stack(id);
    for (const [at, text] of GOLDEN.texts.entries())
      expect([...own.ends(text)], JSON.stringify(text)).toEqual(endsOf(own, GOLDEN.ids[id][at] ?? []));
  });
});

const HUGGING_FACE = [
  ['deepseek-v3', 'deepseek-r1-full'],
  ['qwen2.5', 'qwen2.5'],
  ['llama-3', 'llama3'],
] as const;

describe.skipIf(!sharedData)(`shipped vocabularies against their tokenizer.json${whySkipped}`, () => {
  test.each(HUGGING_FACE)('%s, on prose, code, scripts, spaces and random text', (id, folder) => {
    const own = stack(id);
    const theirs = loadTokenStack(id, shared(`tokenizers/${folder}/tokenizer.json`));
    for (const text of TEXTS)
      expect([...own.ends(text)], JSON.stringify(text)).toEqual([...theirs.ends(text)]);
    for (const text of MARKUP) expect(own.countSpecial(text), text).toBe(theirs.countSpecial(text));
    expect(own.words(1000, 1400)).toEqual(theirs.words(1000, 1400));
  });

  test.each([
    ['qwen2.5', 'qwen2'],
    ['llama-3', 'llama-bpe'],
  ])('%s gives what llama.cpp expects', (id, file) => {
    const base = shared(`tokenizers/expected/ggml-vocab-${file}.gguf`);
    const texts = readFileSync(`${base}.inp`, 'utf8').split('\n__ggml_vocab_test__\n');
    const lines = readFileSync(`${base}.out`, 'utf8').split('\n');
    expect(texts.length).toBeGreaterThan(40);
    for (const [at, text] of texts.entries()) {
      const ids = (lines[at] ?? '').trim().split(' ').filter(Boolean).map(Number);
      expect([...stack(id).ends(text)], JSON.stringify(text)).toEqual(endsOf(stack(id), ids));
    }
  });
});

describe('text nobody would send', () => {
  test.each(['deepseek-v3', 'o200k'])('%s counts a megabyte of one letter without quadratic time', (id) => {
    const from = performance.now();
    stack(id).count('a'.repeat(1e6));
    // Half a second on a quiet core; scanning for the best pair after each merge would take days.
    expect(performance.now() - from).toBeLessThan(20_000);
  });

  test('a piece beyond the scan is cut as the scan cuts it', () => {
    // 'ab' repeated: the heap takes over at 97 bytes; both must tie-break to the left.
    const own = stack('cl100k');
    const long = own.ends('ab'.repeat(60));
    const short = own.ends('ab'.repeat(48));
    expect([...long].slice(0, 8)).toEqual([...short].slice(0, 8));
  });

  test('lone surrogates count as the replacement character', () => {
    expect([...stack('qwen2.5').ends('a\ud800b')]).toEqual([...stack('qwen2.5').ends('a\ufffdb')]);
    expect([...stack('cl100k').ends('')]).toEqual([]);
  });
});

describe('damaged files', () => {
  const packed = shippedVocabulary('cl100k');
  const plain = brotliDecompressSync(packed);

  test('are refused or read, never anything else', () => {
    fc.assert(
      fc.property(fc.nat(4000), fc.nat(255), fc.nat(plain.length), (at, byte, length) => {
        const bytes = Buffer.from(plain.subarray(0, length % 2 === 0 ? plain.length : length));
        if (at < bytes.length) bytes[at] = byte;
        try {
          const own = stackOf(readVocabulary(brotliCompressSync(bytes, { params: FAST }), 'x'));
          own.count('some text 123');
        } catch (error) {
          expect(isAssayError(error, 'VOCABULARY_INVALID'), String(error)).toBe(true);
        }
      }),
      { numRuns: 25 },
    );
    expect.hasAssertions();
  });

  test('that are not packed, or unpack without end', () => {
    const bomb = brotliCompressSync(Buffer.alloc(20 * 2 ** 20), { params: FAST });
    for (const bytes of [Buffer.from('no'), Buffer.alloc(0), bomb, packed.subarray(0, 1000)])
      expect(() => readVocabulary(bytes, 'x')).toThrow(
        expect.objectContaining({ code: 'VOCABULARY_INVALID' }),
      );
  });
});

const FAST = { 1: 1 } as const;

const MARKUP = [
  '<｜User｜>hi<｜Assistant｜><think>\n',
  '<|im_start|>user<|im_end|>',
  '<|eot_id|><|begin_of_text|><|',
];

/** Characters of a few scripts; none younger than Unicode 13, which engines classify alike. */
const RANGES: readonly (readonly [number, number])[] = [
  [32, 95],
  [48, 10],
  [0xa0, 300],
  [0x300, 60],
  [0x391, 60],
  [0x410, 64],
  [0x5d0, 27],
  [0x627, 30],
  [0x905, 80],
  [0xe01, 50],
  [0x3041, 180],
  [0x4e00, 20000],
  [0xac00, 11000],
  [0x1f300, 300],
];

function randomTexts(many: number): string[] {
  let state = 7;
  const draw = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const blanks = [' ', '  ', '\n', '\r\n', '\t', '\u0000', '\u00a0', "'s", '\u200d'];
  return Array.from({ length: many }, () =>
    Array.from({ length: 1 + draw(20) }, () => {
      if (draw(5) === 0) return blanks[draw(blanks.length)] as string;
      const [from, size] = RANGES[draw(RANGES.length)] as readonly [number, number];
      return String.fromCodePoint(from + draw(size));
    }).join(''),
  );
}

const TEXTS = [
  '清晨的市场里，摊主们摆出新鲜的蔬菜和水果。朝の市場には野菜が並び、',
  'सुबह बाज़ार में ताज़ी सब्ज़ियाँ और फल रखे जाते हैं',
  'for (let i = 0; i < rows.length; i++) {\n\ttotal += rows[i].value * 2; // 3.14159\n}\n\n\n',
  '👩‍👩‍👧‍👦🦊🌾 e\u0301 Å ﬁ ½²³ 1234567890',
  "   don't   I'LL\r\n \r\n\t x  ",
  ...randomTexts(400),
];
