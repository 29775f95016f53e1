import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { isAssayError } from '../../../src/core/errors.js';
import { selfExternal } from '../../../src/formats/onnx/externalize.js';
import { readOnnx } from '../../../src/formats/onnx/read.js';
import { rewriteOnnx } from '../../../src/formats/onnx/rewrite.js';
import { bytesOf } from '../../support/bytes.js';
import { fixture } from '../../support/onnx.js';

// Without its weights, so that nearly every mutation hits structure.
let skeleton: Uint8Array;

beforeAll(async () => {
  const source = bytesOf(fixture('models/quill/student-1a/onnx/model.onnx'), 'model.onnx');
  skeleton = await rewriteOnnx(source, { place: selfExternal('model.onnx') });
});

const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
// Extremes of varints and lengths are where parsers break.
const noise = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 12 }),
  fc.constant(new Uint8Array(10).fill(0xff)),
);
const mutation = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), place, bit: fc.nat(7) }),
  fc.record({ kind: fc.constant('overwrite' as const), place, noise }),
  fc.record({ kind: fc.constant('truncate' as const), place }),
  fc.record({ kind: fc.constant('insert' as const), place, noise }),
  fc.record({ kind: fc.constant('delete' as const), place, length: fc.integer({ min: 1, max: 64 }) }),
  fc.record({ kind: fc.constant('repeat' as const), place, length: fc.integer({ min: 1, max: 4096 }) }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function mutate(data: Uint8Array, change: Mutation): Uint8Array {
  const at = Math.floor(change.place * data.length);
  const cut = (from: number, to: number, ...middle: Uint8Array[]) =>
    new Uint8Array(Buffer.concat([data.subarray(0, from), ...middle, data.subarray(to)]));
  switch (change.kind) {
    case 'flip': {
      const out = data.slice();
      out[at] = (out[at] ?? 0) ^ (1 << change.bit);
      return out;
    }
    case 'overwrite':
      return cut(at, at + change.noise.length, change.noise);
    case 'truncate':
      return data.slice(0, at);
    case 'insert':
      return cut(at, at, change.noise);
    case 'delete':
      return cut(at, at + change.length);
    case 'repeat':
      return cut(at, at, data.subarray(at, at + change.length));
  }
}

/** True when it was read, false when it was refused in the way it should be. */
async function survives(data: Uint8Array): Promise<boolean> {
  const source = bytesOf(data, 'mutated.onnx');
  for (const run of [
    () => readOnnx(source),
    () => rewriteOnnx(source, { place: selfExternal('mutated.onnx') }),
  ]) {
    try {
      await run();
    } catch (error) {
      if (!isAssayError(error)) throw error;
      expect(error.code).toMatch(/^FORMAT_/);
      expect(error.message).toContain('mutated.onnx');
      expect(error.hint).toBeDefined();
      return false;
    }
  }
  return true;
}

test('600 mutated models are read or refused, within memory and time', async () => {
  const before = process.memoryUsage().rss;
  let read = 0;
  const property = fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (changes) => {
    const started = performance.now();
    if (await survives(changes.reduce(mutate, skeleton))) read++;
    expect(performance.now() - started).toBeLessThan(2000);
  });
  await fc.assert(property, { numRuns: 600, seed: 20240601 });
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(600);
  expect(process.memoryUsage().rss - before).toBeLessThan(300 * 2 ** 20);
}, 20_000);

test('noise is never read as a model by accident and never crashes', async () => {
  const property = fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (data) => {
    await survives(data);
  });
  await fc.assert(property, { numRuns: 500, seed: 20240602 });
});
