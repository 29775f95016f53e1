import { expect, test } from 'vitest';
import { readGguf } from '../../../src/formats/gguf/read.js';
import { BAD_GGUF } from '../../support/bad-gguf.js';
import { bytesOf } from '../../support/bytes.js';
import { gguf, head, KIND, pair, tensor, text, u32, u64 } from '../../support/gguf.js';
import { failure } from '../../support/onnx.js';
import { bytes } from '../../support/protobuf.js';

test.each(BAD_GGUF)('$name is refused', async ({ bytes: content, code, fault, offset }) => {
  const error = await failure(readGguf(bytesOf(Buffer.from(content), 'bad.gguf')));
  expect({ code: error.code, fault: error.fault, offset: error.offset }).toEqual({ code, fault, offset });
  expect(error.message).toMatch(/^bad\.gguf: at byte \d+, /);
  expect(error.hint).toMatch(/\.$/);
});

test('names are unique, so that a case can be found', () => {
  expect(new Set(BAD_GGUF.map(({ name }) => name)).size).toBe(BAD_GGUF.length);
});

test('the whole corpus costs less than 64 MB', async () => {
  const before = process.memoryUsage().rss;
  for (let i = 0; i < 20; i++)
    for (const { bytes: content } of BAD_GGUF) await readGguf(bytesOf(content)).catch(() => undefined);
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20);
});

test('every cut of a file is reported, and none reads as complete', async () => {
  const whole = gguf({
    pairs: [pair('general.architecture', 'string', 'llama'), pair('a', 'u64', 1)],
    tensors: [tensor('w', [32, 2], 2, 0), tensor('b', [3], 0, 64)],
    data: 76,
  });
  await readGguf(bytesOf(whole));
  for (let size = 4; size < whole.byteLength; size++)
    expect((await failure(readGguf(bytesOf(whole.subarray(0, size))))).code).toBe('FORMAT_TRUNCATED');
});

/** Bytes, then `length` zeros that exist only on demand. */
function claimed(start: Uint8Array, length: number) {
  return {
    size: start.byteLength + length,
    name: 'claimed.gguf',
    read: async (offset: number, size: number) => {
      const out = new Uint8Array(size);
      if (offset < start.byteLength) out.set(start.subarray(offset, offset + size));
      return out;
    },
  };
}

test('more strings than any tokenizer has are refused before they are walked', async () => {
  const start = bytes(head(0, 1), text('k'), u32(KIND.array), u32(KIND.string), u64(2 ** 23 + 1));
  const error = await failure(readGguf(claimed(start, 2 ** 30)));
  expect([error.code, error.fault, error.offset]).toEqual(['FORMAT_LIMIT', 'GGUF_ARRAY_LENGTH', 41]);
});

test('keys that would fill memory are refused', async () => {
  const pairs = Array.from({ length: 600 }, (_, i) => pair(`${i}`.padEnd(65_000, 'k'), 'u8', 1));
  const error = await failure(readGguf(bytesOf(gguf({ pairs }))));
  expect([error.code, error.fault]).toEqual(['FORMAT_LIMIT', 'GGUF_METADATA_SIZE']);
});

test('a source that returns too little is truncated', async () => {
  const source = { size: 1000, name: 'short.gguf', read: async () => gguf({}) };
  const error = await failure(readGguf(source));
  expect([error.code, error.fault]).toEqual(['FORMAT_TRUNCATED', 'GGUF_TRUNCATED']);
});

test('quoted names cannot steer a terminal', async () => {
  const pairs = [pair('a\u009b2J\u202eb', 'u8', 1), pair('a\u009b2J\u202eb', 'u8', 1)];
  const error = await failure(readGguf(bytesOf(gguf({ pairs }))));
  expect(error.message).toContain('"a\\u{9b}2J\\u{202e}b"');
});

test('stops when aborted', async () => {
  const signal = AbortSignal.abort(new Error('stop'));
  expect((await failure(readGguf(bytesOf(gguf({})), { signal }))).code).toBe('ABORTED');
});
