import { expect, test } from 'vitest';
import { type AssayError, isAssayError } from '../../../src/core/errors.js';
import { readSafetensors } from '../../../src/formats/safetensors/read.js';
import { readShardIndex } from '../../../src/formats/safetensors/shard-index.js';
import { BAD_FILES, BAD_INDICES, type BadFile } from '../../support/bad-safetensors.js';
import { bytesOf } from '../../support/bytes.js';

async function refusal({ bytes, name }: BadFile): Promise<AssayError> {
  try {
    if (name.startsWith('index: ')) readShardIndex(bytes, 'bad.json');
    else await readSafetensors(bytesOf(bytes, 'bad.safetensors'));
  } catch (error) {
    if (isAssayError(error)) return error;
    throw error;
  }
  throw new Error('accepted');
}

test.each([...BAD_FILES, ...BAD_INDICES])('$name: $fault at byte $offset', async (bad) => {
  const { code, fault, offset, message, hint } = await refusal(bad);
  expect({ code, fault, offset }).toEqual({ code: bad.code, fault: bad.fault, offset: bad.offset });
  expect(message).toContain(`at byte ${bad.offset}, `);
  expect(message.startsWith('bad.')).toBe(true);
  expect(message).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
  expect(hint).toBeDefined();
});

test('the corpus is refused within 64 MiB of memory', async () => {
  const corpus = [...BAD_FILES, ...BAD_INDICES];
  expect(corpus.length).toBeGreaterThanOrEqual(60);
  const before = process.memoryUsage().rss;
  for (const bad of corpus) {
    await refusal(bad);
    expect(process.memoryUsage().rss - before, bad.name).toBeLessThan(64 * 2 ** 20);
  }
});
