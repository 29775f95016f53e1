import { describe, expect, test } from 'vitest';
import { GGML_TYPES, ggmlTypeNamed } from '../../src/formats/gguf/ggml-types.js';
import { GGML_BLOCKS } from '../../src/weights/decode/ggml/index.js';
import { bytesOf, floatsOf, golden, worst } from '../support/quantized.js';

const { types } = golden<{ types: Record<string, { bytes: string; values: string }> }>('ggml.json');

describe('ggml blocks decode to the bits that gguf 0.19.0 decodes them to', () => {
  test('every type has golden values', () => {
    expect([...GGML_BLOCKS.keys()].sort()).toEqual(Object.keys(types).sort());
  });

  test('blocks are as large as the reader of GGUF headers takes them to be', () => {
    for (const [name, { values, bytes, bits }] of GGML_BLOCKS)
      expect(ggmlTypeNamed(name), name).toMatchObject({ values, bytes, bits });
    const unread = GGML_TYPES.filter(({ name, values }) => values > 1 && !GGML_BLOCKS.has(name));
    expect(unread.map(({ name }) => name)).toEqual(['Q8_1', 'Q8_K']);
  });

  test.each(Object.entries(types))('%s', (name, { bytes, values }) => {
    const block = GGML_BLOCKS.get(name);
    const expected = floatsOf(values);
    expect((expected.length / (block?.values ?? 0)) * (block?.bytes ?? 0)).toBe(bytesOf(bytes).length);
    const out = new Float32Array(expected.length);
    block?.decode(bytesOf(bytes), out);
    expect(worst(out, expected)).toBe(0);
  });
});
