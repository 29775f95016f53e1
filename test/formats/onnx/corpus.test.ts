import { expect, test } from 'vitest';
import { readOnnx } from '../../../src/formats/onnx/read.js';
import { BAD_ONNX } from '../../support/bad-onnx.js';
import { bytesOf } from '../../support/bytes.js';
import { failure, graph, read } from '../../support/onnx.js';
import { bytes, len } from '../../support/protobuf.js';

test.each(BAD_ONNX)('$name is refused', async ({ bytes: content, code, fault, offset }) => {
  const error = await failure(readOnnx(bytesOf(Buffer.from(content), 'bad.onnx')));
  expect({ code: error.code, fault: error.fault, offset: error.offset }).toEqual({ code, fault, offset });
  expect(error.message).toMatch(/^bad\.onnx: at byte \d+, /);
});

test('the whole corpus costs less than 64 MB', async () => {
  const before = process.memoryUsage().rss;
  for (let i = 0; i < 20; i++)
    for (const { bytes: content } of BAD_ONNX) await readOnnx(bytesOf(content)).catch(() => undefined);
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20);
});

const node = (domain: string) => len(1, len(4, 'Op'), len(7, domain));
const body = (domain: string) => len(7, len(4, 'Op'), len(7, domain));

test('domains that nobody defines are listed, wherever they are used', async () => {
  const inner = len(
    1,
    len(4, 'If'),
    len(5, len(1, 'then_branch'), len(6, node('deep')), bytes([0xa0, 1, 5])),
  );
  const model = await read(
    graph(node(''), node('ai.onnx'), node('com.microsoft'), node('vendor'), node('own'), inner),
    len(25, len(1, 'Op'), len(10, 'own'), body('hidden'), body('ai.onnx.ml')),
  );
  expect(model.customDomains).toEqual(['deep', 'hidden', 'vendor']);
});

test('functions of one name that differ in their overload are two', async () => {
  const overload = (name: string) => len(25, len(1, 'f'), len(10, 'own'), len(13, name));
  expect((await read(graph(), overload('a'), overload('b'))).functions).toBe(2);
});
