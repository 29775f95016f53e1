import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { GGML_TYPES, ggmlType, ggmlTypeNamed } from '../../../src/formats/gguf/ggml-types.js';
import { readGguf } from '../../../src/formats/gguf/read.js';
import { readGgufStrings } from '../../../src/formats/gguf/strings.js';
import { bytesOf } from '../../support/bytes.js';
import { gguf, KIND, list, pair, tensor, text, u32, u64 } from '../../support/gguf.js';
import { FIXTURES, failure } from '../../support/onnx.js';
import { bytes } from '../../support/protobuf.js';

const read = (contents: Parameters<typeof gguf>[0]) => readGguf(bytesOf(gguf(contents), 'm.gguf'));

async function strings(source: ReturnType<typeof bytesOf>, key: string): Promise<string[]> {
  const out: string[] = [];
  for await (const item of readGgufStrings(source, await readGguf(source), key)) out.push(item);
  return out;
}

describe('header', () => {
  test('tensors have row-major dimensions, their own bytes, and offsets in the file', async () => {
    const tensors = [tensor('a', [64, 3, 2], 8, 0), tensor('b', [5], 1, 416), tensor('c', [], 0, 448)];
    const { version, alignment, dataOffset, tensors: found } = await read({ version: 2, tensors, data: 480 });
    expect({ version, alignment, dataOffset }).toEqual({ version: 2, alignment: 32, dataOffset: 160 });
    expect(found).toEqual([
      { name: 'a', dims: [2, 3, 64], dtype: 'Q8_0', file: 'm.gguf', offset: 160, bytes: 408 },
      { name: 'b', dims: [5], dtype: 'F16', file: 'm.gguf', offset: 576, bytes: 10 },
      { name: 'c', dims: [], dtype: 'F32', file: 'm.gguf', offset: 608, bytes: 4 },
    ]);
  });

  test('the padding after the last tensor may be missing', async () => {
    const { findings } = await read({ tensors: [tensor('w', [5], 0, 0)], data: 20 });
    expect(findings).toEqual([]);
  });

  test('bytes after the last tensor are a finding', async () => {
    const { findings } = await read({ tensors: [tensor('w', [5], 0, 0)], data: 33 });
    expect(findings).toEqual([
      { fault: 'GGUF_TRAILING_BYTES', offset: 96, message: '1 bytes follow the last tensor' },
    ]);
  });

  test('a vocabulary without tensors is complete', async () => {
    const { tensors, dataOffset, findings } = await read({ pairs: [pair('a', 'u8', 1)] });
    expect([tensors, dataOffset, findings]).toEqual([[], 38, []]);
  });

  test('a file that gguf-split merged keeps its part number and a count of 0', async () => {
    const pairs = [
      pair('split.no', 'u16', 0),
      pair('split.count', 'u16', 0),
      pair('split.tensors.count', 'i32', 9),
    ];
    await expect(read({ pairs, tensors: [tensor('w', [8], 0, 0)], data: 32 })).resolves.toBeDefined();
  });

  test('keys of a prototype are keys like any other', async () => {
    const { metadata } = await read({
      pairs: [pair('__proto__', 'string', 'x'), pair('constructor', 'u8', 1)],
    });
    expect([...metadata]).toEqual([
      ['__proto__', 'x'],
      ['constructor', 1],
    ]);
  });

  test('integers beyond 2^53 are text', async () => {
    const { metadata } = await read({
      pairs: [
        pair('max', 'u64', 2n ** 64n - 1n),
        pair('min', 'i64', -(2n ** 63n)),
        list('l', 'u64', [2n ** 53n, 1]),
      ],
    });
    expect(Object.fromEntries(metadata)).toEqual({
      max: '18446744073709551615',
      min: '-9223372036854775808',
      l: ['9007199254740992', 1],
    });
  });

  test('text that is not UTF-8 is read with replacement characters and noted', async () => {
    const { metadata, findings } = await readGguf(
      bytesOf(gguf({ pairs: [bytes(text('name'), u32(KIND.string), text(Uint8Array.of(0x61, 0xff)))] })),
    );
    expect(metadata.get('name')).toBe('a\ufffd');
    expect(findings).toMatchObject([{ fault: 'GGUF_STRING_TEXT', offset: 40 }]);
  });
});

describe('long values', () => {
  const words = Array.from({ length: 150_000 }, (_, i) => `token ${i}`);
  const long = gguf({
    pairs: [
      list('tokenizer.ggml.tokens', 'string', words),
      bytes(
        text('tokenizer.ggml.scores'),
        u32(KIND.array),
        u32(KIND.f32),
        u64(150_000),
        new Uint8Array(600_000),
      ),
      pair('tokenizer.huggingface.json', 'string', 'x'.repeat(2 ** 20 + 1)),
    ],
  });

  test('stay in the file', async () => {
    const { metadata, extents } = await readGguf(bytesOf(long));
    expect([...metadata.keys()]).toEqual([]);
    expect([...extents.values()].map(({ type, count }) => [type, count])).toEqual([
      ['string', 150_000],
      ['f32', 150_000],
      ['string', 1],
    ]);
  });

  test('strings can be read one by one', async () => {
    expect(await strings(bytesOf(long), 'tokenizer.ggml.tokens')).toEqual(words);
  });

  test('are read in windows', async () => {
    let most = 0;
    const source = bytesOf(long);
    await readGguf({
      ...source,
      read: (offset, length) => {
        most = Math.max(most, length);
        return source.read(offset, length);
      },
    });
    expect(most).toBeLessThanOrEqual(64 * 1024);
  });

  test('what is no list of strings, or too long for one, is refused', async () => {
    for (const [key, fault] of [
      ['tokenizer.ggml.scores', 'GGUF_VALUE_TYPE'],
      ['absent', 'GGUF_VALUE_TYPE'],
      ['tokenizer.huggingface.json', 'GGUF_STRING_LENGTH'],
    ] as const)
      expect((await failure(strings(bytesOf(long), key))).fault).toBe(fault);
  });
});

describe('block types', () => {
  test('a type has one id and one name, and ids run to 42', () => {
    for (const type of GGML_TYPES) {
      expect(ggmlType(type.id)).toBe(type);
      expect(ggmlTypeNamed(type.name)).toBe(type);
    }
    expect(GGML_TYPES).toHaveLength(35);
    expect(GGML_TYPES.at(-1)?.id).toBe(42);
  });

  test('scales take less than a third of a block, so bits and bytes agree', () => {
    for (const { name, values, bytes: size, bits } of GGML_TYPES) {
      const stored = (8 * size) / values;
      expect([name, stored >= bits && stored <= 1.5 * bits + 0.25]).toEqual([name, true]);
    }
  });

  test('gguf-py 0.19.0 lays out every one of its 34 types as the table does', async () => {
    const { tensors } = await readGguf(bytesOf(readFileSync(`${FIXTURES}formats/gguf/types.gguf`)));
    expect(tensors).toHaveLength(34);
    for (const { name, dims, dtype, bytes: size } of tensors) {
      const type = ggmlTypeNamed(dtype);
      expect([name, dims, size]).toEqual([
        `t.${dtype}`,
        [3, 2 * (type?.values ?? 0)],
        6 * (type?.bytes ?? 0),
      ]);
    }
  });
});
