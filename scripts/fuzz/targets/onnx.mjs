import { selfExternal } from '../../../dist/esm/formats/onnx/externalize.js';
import { readOnnx } from '../../../dist/esm/formats/onnx/read.js';
import { rewriteOnnx } from '../../../dist/esm/formats/onnx/rewrite.js';
import { BYTE_MUTATIONS } from '../mutate.mjs';
import { PROTOBUF_MUTATIONS } from '../protobuf-mutate.mjs';

const size = (length) => (length < 128 ? [length] : [(length % 128) | 0x80, length >> 7]);
const key = (field, wire) => size(8 * field + wire);
const int = (field, value) => [...key(field, 0), ...size(value)];
const len = (field, ...parts) => {
  const body = parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part)] : [...part]));
  return [...key(field, 2), ...size(body.length), ...body];
};
const entry = (name, value) => len(13, len(1, name), len(2, value));
const value = (field, name) =>
  len(field, len(1, name), len(2, len(1, int(1, 1), len(2, len(1, len(2, 'batch')), len(1, int(1, 4))))));

const raw = len(5, len(8, 'w'), int(1, 2), int(1, 4), int(2, 1), len(9, Buffer.alloc(32)));
const small = len(5, len(8, 'shape'), int(1, 2), int(2, 7), len(7, [1], [4]));
const typed = len(5, len(8, 't'), len(1, [2]), int(2, 1), len(4, Buffer.alloc(8)));
const external = len(
  5,
  len(8, 'e'),
  int(1, 4),
  int(2, 10),
  entry('location', 'weights.bin'),
  entry('offset', '4096'),
  entry('length', '8'),
  int(14, 1),
);
const sparse = len(15, len(1, len(8, 's'), int(1, 1), int(2, 1), len(9, Buffer.alloc(4))), int(3, 4));
const attribute = (name, type, ...fields) => len(5, len(1, name), ...fields, int(20, type));
const matmul = len(1, len(1, 'x'), len(1, 'w'), len(2, 'y'), len(3, 'm'), len(4, 'MatMul'));
const soft = len(1, len(1, 'y'), len(2, 'p'), len(4, 'Softmax'), attribute('axis', 2, int(3, 1)));
const branch = attribute('then_branch', 5, len(6, matmul, typed, value(12, 'y')));
const choice = len(1, len(1, 'c'), len(2, 'z'), len(4, 'If'), branch);
const own = len(25, len(1, 'Own'), len(10, 'local'), len(4, 'a'), len(7, len(4, 'Add'), len(7, 'vendor')));
const header = [...int(1, 8), ...len(2, 'pytorch'), ...len(3, '2.0'), ...len(8, int(2, 17))];

export const seeds = [
  len(7),
  [...header, ...len(7, len(2, 'main'), matmul, soft, raw, small, value(11, 'x'), value(12, 'p'))],
  [...header, ...len(7, choice, external, sparse, typed), ...own, ...len(14, len(1, 'k'), len(2, 'v'))],
  [...len(7, raw), ...len(7, soft), ...len(8, len(1, 'local'), int(2, 1)), ...own],
].map((bytes) => Uint8Array.from(bytes));

export const mutations = [
  ...BYTE_MUTATIONS,
  ...PROTOBUF_MUTATIONS,
  ...PROTOBUF_MUTATIONS,
  ...PROTOBUF_MUTATIONS,
];

const over = (bytes) => ({
  size: bytes.length,
  name: 'fuzz',
  read: async (from, length) => bytes.subarray(from, from + length),
});

export async function run(bytes) {
  const model = await readOnnx(over(bytes));
  const names = new Set();
  for (const { name, storage } of model.graph.initializers) {
    if (names.has(name)) throw new Error(`initializer ${name} was accepted twice`);
    names.add(name);
    if (storage.kind === 'inline' && storage.offset + storage.length > bytes.length)
      throw new Error(`the data of ${name} were accepted past the end`);
  }
  const moved = await readOnnx(over(await rewriteOnnx(over(bytes), { place: selfExternal('fuzz', 1) })));
  const shape = ({ name, dims, dataType }) => [name, dims, dataType];
  if (
    JSON.stringify(moved.graph.initializers.map(shape)) !==
    JSON.stringify(model.graph.initializers.map(shape))
  )
    throw new Error('a copy with its weights moved has other weights');
  return 'read';
}
