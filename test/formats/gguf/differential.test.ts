import { readdirSync, readFileSync } from 'node:fs';
import { gguf } from '@huggingface/gguf';
import { describe, expect, test } from 'vitest';
import { GGML_TYPES } from '../../../src/formats/gguf/ggml-types.js';
import { readGguf } from '../../../src/formats/gguf/read.js';
import { readGgufStrings } from '../../../src/formats/gguf/strings.js';
import { bytesOf } from '../../support/bytes.js';
import { FIXTURES } from '../../support/onnx.js';
import { shared, sharedData, whySkipped } from '../../support/shared-data.js';

// The independent reading is that of @huggingface/gguf 0.4.6.

async function compare(path: string): Promise<void> {
  const source = bytesOf(readFileSync(path), 'model.gguf');
  const ours = await readGguf(source);
  const theirs = await gguf(path, { allowLocalFile: true });
  const { version, tensor_count, kv_count, ...values } = theirs.metadata as unknown as Record<
    string,
    unknown
  >;
  expect([ours.version, BigInt(ours.tensors.length)]).toEqual([version, tensor_count]);
  expect(BigInt(new Set([...ours.metadata.keys(), ...ours.extents.keys()]).size)).toBe(kv_count);
  expect(ours.dataOffset).toBe(Number(theirs.tensorDataOffset));
  for (const [key, value] of Object.entries(values)) {
    const extent = ours.extents.get(key);
    if (ours.metadata.has(key)) expect([key, ours.metadata.get(key)]).toEqual([key, plain(value)]);
    else if (extent?.type === 'string') {
      const strings: string[] = [];
      for await (const text of readGgufStrings(source, ours, key)) strings.push(text);
      expect(strings).toEqual(value);
    } else expect([key, extent?.count]).toEqual([key, (value as unknown[]).length]);
  }
  expect(ours.tensors.map(({ name, dims, dtype, offset }) => ({ name, dims, dtype, offset }))).toEqual(
    theirs.tensorInfos.map(({ name, shape, dtype, offset }) => ({
      name,
      dims: shape.map(Number).reverse(),
      dtype: GGML_TYPES.find(({ id }) => id === dtype)?.name,
      offset: Number(theirs.tensorDataOffset + offset),
    })),
  );
}

/** Integers as ours are: numbers where that is exact, else digits. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'bigint') return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}

describe.skipIf(!sharedData)(`stories260K${whySkipped}`, () => {
  test.each(['f32', 'Q8_0', 'Q4_0'])('%s reads as @huggingface/gguf reads it', async (kind) => {
    await compare(shared(`models/stories260K/stories260K.${kind}.gguf`));
  });

  test('its padding token is none, which is shown and not refused', async () => {
    const bytes = readFileSync(shared('models/stories260K/stories260K.f32.gguf'));
    const { findings } = await readGguf(bytesOf(bytes));
    expect(findings.map(({ fault, message }) => [fault, message])).toEqual([
      ['GGUF_TOKEN_ID', '"tokenizer.ggml.seperator_token_id" is 4294967295; there are 512 tokens'],
      ['GGUF_TOKEN_ID', '"tokenizer.ggml.padding_token_id" is 4294967295; there are 512 tokens'],
    ]);
  });
});

const written = `${FIXTURES}formats/gguf/`;
test.each(readdirSync(written))('%s of gguf-py 0.19.0 reads as @huggingface/gguf reads it', async (name) => {
  await compare(`${written}${name}`);
});
