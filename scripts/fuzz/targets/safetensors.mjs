import { readSafetensors } from '../../../dist/esm/formats/safetensors/read.js';
import { JSON_MUTATIONS } from '../json-mutate.mjs';
import { BYTE_MUTATIONS, splice } from '../mutate.mjs';

function file(header, dataBytes, padding = '') {
  const json = Buffer.from((typeof header === 'string' ? header : JSON.stringify(header)) + padding);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  return new Uint8Array(Buffer.concat([length, json, Buffer.alloc(dataBytes)]));
}

const layer = (at) => ({
  [`model.layers.${at}.self_attn.q_proj.weight`]: { dtype: 'BF16', shape: [4, 2], data_offsets: [0, 16] },
  [`model.layers.${at}.mlp.up_proj.weight`]: { dtype: 'F8_E4M3', shape: [2, 8], data_offsets: [16, 32] },
  [`model.layers.${at}.mlp.up_proj.weight_scale_inv`]: {
    dtype: 'F32',
    shape: [1, 1],
    data_offsets: [32, 36],
  },
  [`model.layers.${at}.mlp.packed`]: { dtype: 'F4', shape: [3, 2], data_offsets: [36, 39] },
});

export const seeds = [
  file({}, 0),
  file({ a: { dtype: 'F32', shape: [], data_offsets: [0, 4] } }, 4),
  file({ __metadata__: { format: 'pt', 'a\n"b': '\u00e9\ud83d\ude00' }, ...layer(0) }, 39, '     '),
  file({ ...layer(1), empty: { dtype: 'I64', shape: [0, 7], data_offsets: [39, 39] } }, 39),
  file(
    {
      b: { dtype: 'U8', shape: [3], data_offsets: [1, 4] },
      a: { dtype: 'BOOL', shape: [1], data_offsets: [0, 1] },
    },
    4,
  ),
  file(
    '{ "x" : { "shape" : [ 2 , 1 ] ,\n "data_offsets":[0,12],"dtype":"F6_E2M3"} }'
      .replace('[0,12]', '[0,0]')
      .replace('2 ,', '0 ,'),
    0,
  ),
];

/** Move a whole span, which keeps it as long as its shape: holes and overlaps. */
function moveOffsets(bytes, random) {
  const text = Buffer.from(bytes).toString('latin1');
  const spans = [...text.matchAll(/"data_offsets":\[(\d{1,9}),(\d{1,9})\]/g)];
  if (spans.length === 0) return bytes.slice();
  const span = random.pick(spans);
  const by = random.pick([-4, -1, 1, 4, 16, 2 ** 31]);
  const [begin, end] = [span[1], span[2]].map((number) => Math.max(0, Number(number) + by));
  const moved = Buffer.from(`"data_offsets":[${begin},${end}]`);
  return splice(bytes, span.index, span[0].length, moved);
}

export const mutations = [...BYTE_MUTATIONS, ...JSON_MUTATIONS, ...JSON_MUTATIONS, moveOffsets, moveOffsets];

/** Write the length of the JSON, which ends at the last brace, so that changes reach what lies behind that check. */
export function repair(bytes) {
  const end = bytes.lastIndexOf(0x7d) + 1;
  if (end <= 8) return bytes;
  const out = bytes.slice();
  new DataView(out.buffer).setBigUint64(0, BigInt(end - 8), true);
  return out;
}

export async function run(bytes) {
  const source = {
    size: bytes.length,
    name: 'fuzz',
    read: async (from, length) => bytes.subarray(from, from + length),
  };
  const { tensors, headerBytes } = await readSafetensors(source);
  // What is read must cover the file exactly once.
  let at = headerBytes;
  for (const tensor of tensors) {
    if (tensor.offset !== at)
      throw new Error(`tensor ${tensor.name} was accepted at ${tensor.offset}, not ${at}`);
    at += tensor.bytes;
  }
  if (at !== bytes.length)
    throw new Error(`a file of ${bytes.length} bytes was accepted as covered to ${at}`);
  return 'read';
}
