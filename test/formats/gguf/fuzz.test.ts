import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAssayError } from '../../../src/core/errors.js';
import { readGguf } from '../../../src/formats/gguf/read.js';
import { bytesOf } from '../../support/bytes.js';
import { gguf, list, pair, tensor } from '../../support/gguf.js';

// Values per block and bytes per block, written down apart from the table under test.
const TYPES = {
  F32: [0, 1, 4],
  F16: [1, 1, 2],
  Q4_0: [2, 32, 18],
  Q6_K: [14, 256, 210],
  I64: [27, 1, 8],
} as const;

const name = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
  .filter((text) => !text.includes('\0'));
const scalar = fc.oneof(
  fc.record({ kind: fc.constant('u8' as const), of: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ kind: fc.constant('i32' as const), of: fc.integer() }),
  fc.record({ kind: fc.constant('f32' as const), of: fc.float({ noNaN: true }) }),
  fc.record({ kind: fc.constant('f64' as const), of: fc.double({ noNaN: true }) }),
  fc.record({ kind: fc.constant('bool' as const), of: fc.boolean() }),
  fc.record({ kind: fc.constant('u64' as const), of: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }),
  fc.record({ kind: fc.constant('string' as const), of: fc.string({ unit: 'grapheme', maxLength: 30 }) }),
);
const model = fc.record({
  version: fc.constantFrom(2, 3),
  alignment: fc.constantFrom(1, 8, 32, 4096),
  scalars: fc.uniqueArray(fc.tuple(name, scalar), { selector: ([key]) => key, maxLength: 8 }),
  numbers: fc.array(fc.integer(), { maxLength: 1200 }),
  tensors: fc.uniqueArray(
    fc.tuple(
      name,
      fc.constantFrom('F32', 'F16', 'Q4_0', 'Q6_K', 'I64'),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }),
    ),
    { selector: ([key]) => key, minLength: 1, maxLength: 8 },
  ),
});
type Model = typeof model extends fc.Arbitrary<infer T> ? T : never;

function written({ version, alignment, scalars, numbers, tensors }: Model) {
  let offset = 0;
  const stored = tensors.map(([key, type, blocks]) => {
    const [id, values, size] = TYPES[type];
    const ne = blocks.map((count, i) => (i === 0 ? count * values : count));
    const bytes = blocks.reduce((product, count) => product * count, 1) * size;
    const entry = { name: key, type, ne, offset, bytes, info: tensor(key, ne, id, offset) };
    offset = Math.ceil((offset + bytes) / alignment) * alignment;
    return entry;
  });
  const pairs = [
    pair('general.alignment', 'u32', alignment),
    ...scalars.map(([key, { kind, of }]) => pair(`s.${key}`, kind, of)),
    list('n', 'i32', numbers),
  ];
  const file = gguf({ version, alignment, pairs, tensors: stored.map(({ info }) => info), data: offset });
  return { file, stored, dataOffset: file.byteLength - offset };
}

test('what an independent writer wrote is read back', async () => {
  const property = fc.asyncProperty(model, async (made) => {
    const { file, stored, dataOffset } = written(made);
    const read = await readGguf(bytesOf(file, 'made.gguf'));
    expect(read).toMatchObject({
      version: made.version,
      alignment: made.alignment,
      dataOffset,
      findings: [],
    });
    expect(read.tensors).toEqual(
      stored.map(({ name: key, type, ne, offset, bytes }) => ({
        name: key,
        dims: [...ne].reverse(),
        dtype: type,
        file: 'made.gguf',
        offset: dataOffset + offset,
        bytes,
      })),
    );
    for (const [key, { of }] of made.scalars) {
      const exact = typeof of === 'bigint' ? (of < 2n ** 53n ? Number(of) : String(of)) : of;
      expect(read.metadata.get(`s.${key}`)).toEqual(exact);
    }
    expect(read.extents.get('n')?.count).toBe(made.numbers.length);
    expect(read.metadata.get('n')).toEqual(made.numbers.length > 1024 ? undefined : made.numbers);
  });
  await fc.assert(property, { numRuns: 300, seed: 20240603 });
});

const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const change = fc.oneof(
  fc.record({ place, bytes: fc.uint8Array({ minLength: 1, maxLength: 9 }), over: fc.boolean() }),
  fc.record({ place, bytes: fc.constant(new Uint8Array(8).fill(0xff)), over: fc.boolean() }),
);

test('a changed file is read or refused with a fault and a byte', async () => {
  let read = 0;
  const property = fc.asyncProperty(
    model,
    fc.array(change, { minLength: 1, maxLength: 3 }),
    async (made, changes) => {
      const { file, dataOffset } = written(made);
      const mutated = changes.reduce((data, { place: where, bytes, over }) => {
        const at = Math.floor(where * dataOffset);
        return Buffer.concat([data.subarray(0, at), bytes, data.subarray(at + (over ? bytes.length : 0))]);
      }, Buffer.from(file));
      try {
        await readGguf(bytesOf(mutated, 'mutated.gguf'));
        read++;
      } catch (error) {
        if (!isAssayError(error)) throw error;
        expect(error.code).toMatch(/^FORMAT_/);
        expect(error.fault).toMatch(/^GGUF_/);
        expect(error.offset).toBeGreaterThanOrEqual(0);
        expect(error.offset).toBeLessThanOrEqual(mutated.byteLength);
      }
    },
  );
  await fc.assert(property, { numRuns: 1500, seed: 20240604 });
  expect(read).toBeGreaterThan(0);
});
