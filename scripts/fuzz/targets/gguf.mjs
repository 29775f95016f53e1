import { GGML_TYPES } from '../../../dist/esm/formats/gguf/ggml-types.js';
import { readGguf } from '../../../dist/esm/formats/gguf/read.js';
import { readGgufStrings } from '../../../dist/esm/formats/gguf/strings.js';
import { BYTE_MUTATIONS, splice } from '../mutate.mjs';

const u32 = (value) => Buffer.from(Uint32Array.of(value).buffer);
const u64 = (value) => Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
const text = (value) => Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);
const pair = (key, type, value) => Buffer.concat([text(key), u32(type), value]);
const list = (key, type, values) =>
  Buffer.concat([text(key), u32(9), u32(type), u64(values.length), ...values]);
const tensor = (name, ne, type, offset) =>
  Buffer.concat([text(name), u32(ne.length), ...ne.map(u64), u32(type), u64(offset)]);

function file(version, alignment, pairs, tensors, data) {
  const head = [Buffer.from('GGUF'), u32(version), u64(tensors.length), u64(pairs.length)];
  const header = Buffer.concat([...head, ...pairs, ...tensors]);
  const padding = (alignment - (header.length % alignment)) % alignment;
  return new Uint8Array(Buffer.concat([header, Buffer.alloc(padding + data)]));
}

const model = [
  pair('general.architecture', 8, text('llama')),
  pair('llama.block_count', 4, u32(2)),
  list('llama.attention.head_count_kv', 5, [u32(4), u32(8)]),
  pair('tokenizer.ggml.add_bos_token', 7, Buffer.of(1)),
  pair('tokenizer.ggml.bos_token_id', 4, u32(1)),
  list('tokenizer.ggml.tokens', 8, ['a', '<s>', '\u2581the', '\ud83d\ude00'].map(text)),
  list('tokenizer.ggml.scores', 6, [u32(0), u32(0), u32(0), u32(0)]),
];
export const seeds = [
  file(3, 32, [], [], 0),
  file(
    3,
    32,
    model,
    [tensor('token_embd.weight', [32, 4], 2, 0), tensor('output_norm.weight', [32], 0, 96)],
    224,
  ),
  file(
    2,
    8,
    [pair('general.alignment', 4, u32(8)), ...model.slice(0, 2)],
    [tensor('w', [256, 2, 2], 14, 0)],
    840,
  ),
  file(
    3,
    32,
    [pair('split.no', 2, Buffer.of(1, 0)), pair('split.count', 2, Buffer.of(2, 0))],
    [tensor('b', [3], 1, 0)],
    32,
  ),
  file(
    3,
    32,
    [0, 1, 2, 3, 6, 10, 11, 12].map((type) =>
      pair(`v${type}`, type, u64(7).subarray(0, [1, 1, 2, 2, 0, 0, 4][type] ?? 8)),
    ),
    [],
    0,
  ),
];

const KEYS = [
  'general.alignment',
  'split.count',
  'tokenizer.ggml.tokens',
  '__proto__',
  'a\0b',
  '\u202e',
  '',
].map(text);
const VALUES = [0, 1, 2, 7, 8, 9, 12, 13, 31, 42, 43].map(u32);
const SIZES = [0n, 1n, 32n, 2n ** 30n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n].map(u64);
const put = (values, removed) => (bytes, random) =>
  splice(bytes, random.below(bytes.length + 1), removed ? 1 : 0, random.pick(values));
/** Fields lie back to back, so a new value only fits where an old one of its width was. */
const over = (values) => (bytes, random) => {
  const value = random.pick(values);
  return splice(bytes, random.below(bytes.length + 1), value.length, value);
};
export const mutations = [
  ...BYTE_MUTATIONS,
  over(VALUES),
  over(SIZES),
  over(KEYS),
  put(KEYS, false),
  put(SIZES, true),
];

/** Room for what the header claims, so that changes reach what lies behind that check. */
export function repair(bytes) {
  return splice(bytes, bytes.length, 0, new Uint8Array(2048));
}

const sizes = new Map(GGML_TYPES.map(({ name, values, bytes }) => [name, { values, bytes }]));

export async function run(bytes) {
  const source = {
    size: bytes.length,
    name: 'fuzz',
    read: async (from, length) => bytes.subarray(from, from + length),
  };
  const read = await readGguf(source);
  let end = read.dataOffset;
  for (const { name, dims, dtype, offset, bytes: taken } of read.tensors) {
    const { values, bytes: block } = sizes.get(dtype);
    if (offset < end || offset - end >= read.alignment)
      throw new Error(`tensor ${name} was accepted at ${offset}`);
    if (dims.reduce((product, size) => product * size, 1) * block !== taken * values)
      throw new Error(`tensor ${name} was accepted with ${taken} bytes`);
    end = offset + taken;
  }
  if (end > bytes.length) throw new Error(`data to ${end} were accepted in a file of ${bytes.length}`);
  for (const [key, extent] of read.extents) {
    if (extent.offset + extent.bytes > bytes.length) throw new Error(`${key} was accepted past the end`);
    if (extent.type !== 'string') continue;
    const strings = [];
    for await (const item of readGgufStrings(source, read, key)) strings.push(item);
    if (String(strings) !== String(read.metadata.get(key) ?? strings))
      throw new Error(`${key} reads differently`);
  }
  return read.findings.length > 0 ? 'read with findings' : 'read';
}
