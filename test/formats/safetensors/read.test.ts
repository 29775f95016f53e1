import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAssayError } from '../../../src/core/errors.js';
import { MAX_HEADER_BYTES, MAX_TENSORS } from '../../../src/formats/safetensors/limits.js';
import { readSafetensors } from '../../../src/formats/safetensors/read.js';
import { around } from '../../support/bad-safetensors.js';
import { bytesOf } from '../../support/bytes.js';
import { shared, sharedData, whySkipped } from '../../support/shared-data.js';

interface Golden {
  readonly safetensors: string;
  readonly files: readonly {
    readonly name: string;
    readonly base64: string;
    readonly tensors: Readonly<Record<string, readonly [string, readonly number[], number]>>;
  }[];
}

/** Written by scripts/golden/safetensors_files.py with safetensors 0.8.0 for Python. */
const golden: Golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8'));

const refusal = (error: unknown) => {
  if (isAssayError(error)) return error;
  throw error;
};

describe('good files', () => {
  test.each(golden.files)('$name: as the reference reads it', async ({ base64, tensors }) => {
    const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
    const file = await readSafetensors(bytesOf(bytes, 'good'));
    const read = file.tensors.map(({ name, dtype, dims, bytes }) => [name, [dtype, dims, bytes]] as const);
    expect(new Map(read)).toEqual(new Map(Object.entries(tensors)));
    expect(
      file.tensors.reduce((at, { offset, bytes }) => (offset === at ? at + bytes : -1), file.headerBytes),
    ).toBe(bytes.length);
  });

  test('metadata are text of any kind', async () => {
    const bytes = new Uint8Array(Buffer.from(golden.files[0]?.base64 ?? '', 'base64'));
    const { metadata } = await readSafetensors(bytesOf(bytes));
    expect(metadata).toEqual(
      new Map([
        ['format', 'pt'],
        ['quote', '"\\\n'],
        ['script', 'é世😀'],
      ]),
    );
  });

  test('tensors come in the order of their bytes, those without bytes in the order of the header', async () => {
    const tensor = (dtype: string, shape: number[], from: number, to: number) => ({
      dtype,
      shape,
      data_offsets: [from, to],
    });
    const json = JSON.stringify({
      last: tensor('F32', [1], 4, 8),
      second: tensor('U8', [0], 0, 0),
      third: tensor('I8', [2, 0], 0, 0),
      first: tensor('U8', [4], 0, 4),
    });
    const { tensors } = await readSafetensors(bytesOf(around(json, 8), 'order'));
    expect(tensors.map(({ name }) => name)).toEqual(['second', 'third', 'first', 'last']);
    expect(tensors.at(-1)).toEqual({
      name: 'last',
      dims: [1],
      dtype: 'F32',
      file: 'order',
      offset: 8 + json.length + 4,
      bytes: 4,
    });
  });
});

describe(`real files${whySkipped}`, () => {
  test.runIf(sharedData).each([
    ['stories260K/hf-f32/model.safetensors', 47, 4856],
    ['model2vec-float32/model.safetensors', 1, 88],
    ['model2vec-float16/model.safetensors', 1, 88],
  ])('%s', async (path, count, headerBytes) => {
    const file = shared(`models/${path}`);
    expect(existsSync(file)).toBe(true);
    const read = await readSafetensors(bytesOf(new Uint8Array(readFileSync(file)), path));
    expect(read.tensors.length).toBe(count);
    expect(read.headerBytes).toBe(headerBytes);
  });
});

describe('reading', () => {
  test('takes the header and nothing else, in two reads', async () => {
    const json = '{"a":{"dtype":"U8","shape":[1000000000000],"data_offsets":[0,1000000000000]}}';
    const head = around(json);
    const reads: number[][] = [];
    const source = {
      size: head.length + 1e12,
      name: 'large',
      read: async (offset: number, length: number) => {
        reads.push([offset, length]);
        return head.subarray(offset, offset + length);
      },
    };
    const { tensors } = await readSafetensors(source);
    expect(tensors[0]?.bytes).toBe(1e12);
    expect(reads).toEqual([
      [0, 9],
      [8, json.length],
    ]);
  });

  test('ends on abort, and on a source that returns too little', async () => {
    const source = bytesOf(around('{}'), 'x');
    await expect(readSafetensors(source, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'ABORTED',
    });
    const short = { size: 100, name: 'x', read: async () => new Uint8Array(3) };
    await expect(readSafetensors(short)).rejects.toMatchObject({ code: 'FORMAT_TRUNCATED' });
  });
});

describe('limits', () => {
  const claiming = (length: bigint) => ({
    size: 2 ** 40,
    name: 'x',
    read: async (_: number, size: number) => around('{', size, length).subarray(0, size),
  });

  test('a header that the specification allows and no model has is refused unread', async () => {
    const limit = { code: 'FORMAT_LIMIT', fault: 'SAFETENSORS_HEADER_LIMIT', offset: 0 };
    await expect(readSafetensors(claiming(BigInt(MAX_HEADER_BYTES) + 1n))).rejects.toMatchObject(limit);
    await expect(readSafetensors(claiming(100_000_000n))).rejects.toMatchObject(limit);
  });

  test('more tensors and more metadata than any model has', async () => {
    const many = (entry: string) =>
      Array.from({ length: MAX_TENSORS + 1 }, (_, i) => `"${i}":${entry}`).join(',');
    const tensors = `{${many('{"dtype":"U8","shape":[0],"data_offsets":[0,0]}')}}`;
    const metadata = `{"__metadata__":{${many('""')}}}`;
    for (const [json, fault] of [
      [tensors, 'SAFETENSORS_TENSOR_LIMIT'],
      [metadata, 'SAFETENSORS_METADATA_LIMIT'],
    ] as const) {
      const error = await readSafetensors(bytesOf(around(json))).catch(refusal);
      expect(error).toMatchObject({ code: 'FORMAT_LIMIT', fault });
    }
  });

  test('as much padding as fits costs no more than its copy', async () => {
    const json = `{}${' '.repeat(MAX_HEADER_BYTES - 2)}`;
    const bytes = around(json);
    const before = process.memoryUsage().rss;
    await readSafetensors(bytesOf(bytes));
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20);
  });
});

/** An independent writer: lays tensors out one after the other and lists them in another order. */
const tensors = fc.uniqueArray(
  fc.record({
    name: fc.string({ unit: 'grapheme', maxLength: 12 }).filter((name) => name !== '__metadata__'),
    dtype: fc.constantFrom(
      ['F32', 4] as const,
      ['BF16', 2] as const,
      ['U8', 1] as const,
      ['C64', 8] as const,
    ),
    shape: fc.array(fc.nat(5), { maxLength: 4 }),
    rank: fc.double({ noNaN: true }),
  }),
  { selector: ({ name }) => name, maxLength: 8 },
);
const metadata = fc.dictionary(fc.string(), fc.string({ unit: 'binary' }), { maxKeys: 3 });

interface Written {
  readonly bytes: Uint8Array;
  readonly expected: ReadonlyMap<string, readonly [string, readonly number[], number]>;
}

function write(
  list: typeof tensors extends fc.Arbitrary<infer T> ? T : never,
  text: object,
  indent: number,
): Written {
  let at = 0;
  const expected = new Map<string, readonly [string, readonly number[], number]>();
  const entries = list.map(({ name, dtype: [dtype, size], shape, rank }) => {
    const begin = at;
    at += size * shape.reduce((product, dim) => product * dim, 1);
    expected.set(name, [dtype, shape, at - begin]);
    const fields = { shape, data_offsets: [begin, at], dtype };
    return { rank, json: `${JSON.stringify(name)}:${JSON.stringify(fields, null, indent)}` };
  });
  entries.push({ rank: 0, json: `"__metadata__":${JSON.stringify(text)}` });
  const sorted = entries.sort((a, b) => a.rank - b.rank).map(({ json }) => json);
  return { bytes: around(`{${sorted.join(',')}}${' '.repeat(indent)}`, at), expected };
}

const written = fc.tuple(tensors, metadata, fc.nat(3)).map(([list, text, indent]) => ({
  ...write(list, text, indent),
  text,
}));

test('what is written is read back', async () => {
  const property = fc.asyncProperty(written, async ({ bytes, expected, text }) => {
    const file = await readSafetensors(bytesOf(bytes));
    const read = file.tensors.map(({ name, dtype, dims, bytes }) => [name, [dtype, dims, bytes]] as const);
    expect(new Map(read)).toEqual(expected);
    expect(file.metadata).toEqual(new Map(Object.entries(text)));
  });
  await fc.assert(property, { numRuns: 1000, seed: 11 });
});

test('a changed file is read or refused, quickly and by fault', async () => {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    byte: fc.nat(255),
    drop: fc.nat(3),
  });
  const property = fc.asyncProperty(
    written,
    fc.array(change, { minLength: 1, maxLength: 4 }),
    async (file, changes) => {
      let bytes = file.bytes;
      for (const { at, byte, drop } of changes) {
        const from = Math.floor(at * bytes.length);
        bytes = new Uint8Array([...bytes.subarray(0, from), byte, ...bytes.subarray(from + drop)]);
      }
      const started = performance.now();
      const error = await readSafetensors(bytesOf(bytes)).then(() => undefined, refusal);
      expect(performance.now() - started).toBeLessThan(1000);
      if (error === undefined) return;
      expect(error.code).toMatch(/^FORMAT_/);
      expect(error.fault).toMatch(/^(JSON|SAFETENSORS)_/);
      expect(error.offset).toBeLessThanOrEqual(bytes.length);
    },
  );
  await fc.assert(property, { numRuns: 2000, seed: 12 });
});
