/** Malformed safetensors files and shard indices, one for each rule, with what a reader must answer. */

export interface BadFile {
  readonly name: string;
  /** The file, or the index where the name begins with "index". */
  readonly bytes: Uint8Array;
  readonly code: 'FORMAT_INVALID' | 'FORMAT_LIMIT' | 'FORMAT_TRUNCATED' | 'PATH_ESCAPES';
  readonly fault: string;
  readonly offset: number;
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A safetensors file around `json`, which may claim another length than it has. */
export function around(json: string | Uint8Array, data = 0, claimed?: bigint): Uint8Array {
  const header = typeof json === 'string' ? encode(json) : json;
  const bytes = new Uint8Array(8 + header.length + data);
  new DataView(bytes.buffer).setBigUint64(0, claimed ?? BigInt(header.length), true);
  bytes.set(header, 8);
  return bytes;
}

const tensor = (dtype: string, shape: string, from: number, to: number): string =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${from},${to}]}`;
const U8 = tensor('U8', '[4]', 0, 4);

/** `text` with the fault at the character marked ‸, which is removed. */
function marked(text: string): { readonly json: string; readonly at: number } {
  const at = text.indexOf('‸');
  return { json: text.replace('‸', ''), at: encode(text.slice(0, at)).length };
}

type Refusal = readonly [name: string, fault: string, text: string, data?: number, code?: BadFile['code']];

const HEADERS: readonly Refusal[] = [
  ['no opening brace', 'SAFETENSORS_HEADER_START', '‸ {}'],
  ['an array', 'SAFETENSORS_HEADER_START', '‸[]'],
  ['padded with a line break', 'SAFETENSORS_PADDING', '{}  ‸\n '],
  ['padded with text', 'SAFETENSORS_PADDING', '{}  ‸x'],
  ['padded with NUL', 'SAFETENSORS_PADDING', '{}‸\u0000\u0000'],
  ['tensor twice', 'SAFETENSORS_KEY_DUPLICATE', `{"a":${U8},‸"a":${U8}}`, 4],
  ['tensor twice, one escaped', 'SAFETENSORS_KEY_DUPLICATE', `{"a":${U8},‸"\\u0061":${U8}}`, 4],
  ['metadata twice', 'SAFETENSORS_KEY_DUPLICATE', '{"__metadata__":{},‸"__metadata__":{}}'],
  ['metadata key twice', 'SAFETENSORS_KEY_DUPLICATE', '{"__metadata__":{"a":"1",‸"a":"2"}}'],
  ['dtype twice', 'SAFETENSORS_KEY_DUPLICATE', `{"a":{"dtype":"U8",‸"dtype":"U8"}}`],
  ['shape twice', 'SAFETENSORS_KEY_DUPLICATE', `{"a":{"shape":[1],‸"shape":[1]}}`],
  ['metadata of a number', 'SAFETENSORS_METADATA', '{"__metadata__":{"epoch":‸1}}'],
  ['metadata of an object', 'SAFETENSORS_METADATA', '{"__metadata__":{"a":‸{"b":"c"}}}'],
  ['metadata of a list', 'SAFETENSORS_METADATA', '{"__metadata__":‸[]}'],
  ['metadata null', 'SAFETENSORS_METADATA', '{"__metadata__":‸null}'],
  [
    'begin after end',
    'SAFETENSORS_OFFSETS_REVERSED',
    '{"a":{"dtype":"U8","shape":[4],"data_offsets":‸[4,0]}}',
    4,
  ],
  [
    'data not from 0',
    'SAFETENSORS_OFFSET_START',
    '{"a":{"dtype":"U8","shape":[4],"data_offsets":‸[1,5]}}',
    5,
  ],
  ['a hole', 'SAFETENSORS_HOLE', `{"a":${U8},"b":{"dtype":"U8","shape":[1],"data_offsets":‸[5,6]}}`, 6],
  [
    'an overlap',
    'SAFETENSORS_OVERLAP',
    `{"a":${U8},"b":{"dtype":"U8","shape":[2],"data_offsets":‸[3,5]}}`,
    5,
  ],
  [
    'two tensors on one span',
    'SAFETENSORS_OVERLAP',
    `{"a":${U8},"b":{"dtype":"I8","shape":[4],"data_offsets":‸[0,4]}}`,
    4,
  ],
  [
    'an empty tensor inside another',
    'SAFETENSORS_OVERLAP',
    `{"a":${U8},"b":{"dtype":"I8","shape":[0],"data_offsets":‸[2,2]}}`,
    4,
  ],
  ['span too long', 'SAFETENSORS_SPAN', '{"a":{"dtype":"U8","shape":[3],"data_offsets":‸[0,4]}}', 4],
  ['span too short', 'SAFETENSORS_SPAN', '{"a":{"dtype":"F32","shape":[3],"data_offsets":‸[0,4]}}', 4],
  [
    'product wraps to 0 in 64 bits',
    'SAFETENSORS_SHAPE_OVERFLOW',
    `{"a":{"dtype":"U8","shape":‸[4294967296,4294967296],"data_offsets":[0,0]}}`,
  ],
  [
    'product hidden by a dimension of 0',
    'SAFETENSORS_SHAPE_OVERFLOW',
    `{"a":{"dtype":"U8","shape":‸[4294967296,4294967296,0],"data_offsets":[0,0]}}`,
  ],
  [
    'a dimension beyond 2^53',
    'SAFETENSORS_SHAPE',
    `{"a":{"dtype":"U8","shape":[1,‸18446744073709551616],"data_offsets":[0,0]}}`,
  ],
  ['a negative dimension', 'SAFETENSORS_SHAPE', `{"a":{"dtype":"U8","shape":[‸-1],"data_offsets":[0,0]}}`],
  [
    'a fractional dimension',
    'SAFETENSORS_SHAPE',
    `{"a":{"dtype":"U8","shape":[‸4.0],"data_offsets":[0,4]}}`,
    4,
  ],
  [
    'a dimension with an exponent',
    'SAFETENSORS_SHAPE',
    `{"a":{"dtype":"U8","shape":[‸4e0],"data_offsets":[0,4]}}`,
    4,
  ],
  [
    'a shape that is a number',
    'SAFETENSORS_SHAPE',
    `{"a":{"dtype":"U8","shape":‸4,"data_offsets":[0,4]}}`,
    4,
  ],
  ['one offset', 'SAFETENSORS_OFFSETS', `{"a":{"dtype":"U8","shape":[4],"data_offsets":‸[4]}}`, 4],
  ['three offsets', 'SAFETENSORS_OFFSETS', `{"a":{"dtype":"U8","shape":[4],"data_offsets":‸[0,4,8]}}`, 4],
  [
    'an offset in a string',
    'SAFETENSORS_OFFSETS',
    `{"a":{"dtype":"U8","shape":[4],"data_offsets":[‸"0",4]}}`,
    4,
  ],
  [
    '4-bit elements that end inside a byte',
    'SAFETENSORS_UNALIGNED',
    `{"a":{"dtype":"F4","shape":‸[3],"data_offsets":[0,2]}}`,
    2,
  ],
  [
    '6-bit elements that end inside a byte',
    'SAFETENSORS_UNALIGNED',
    `{"a":{"dtype":"F6_E2M3","shape":‸[2],"data_offsets":[0,2]}}`,
    2,
  ],
  ['an unknown dtype', 'SAFETENSORS_DTYPE', `{"a":{"dtype":‸"F128","shape":[1],"data_offsets":[0,16]}}`, 16],
  [
    'a dtype of another case',
    'SAFETENSORS_DTYPE',
    `{"a":{"dtype":‸"f32","shape":[1],"data_offsets":[0,4]}}`,
    4,
  ],
  [
    'a dtype of the prototype',
    'SAFETENSORS_DTYPE',
    `{"a":{"dtype":‸"constructor","shape":[1],"data_offsets":[0,4]}}`,
    4,
  ],
  ['a dtype that is a number', 'SAFETENSORS_DTYPE', `{"a":{"dtype":‸8,"shape":[1],"data_offsets":[0,4]}}`, 4],
  ['no dtype', 'SAFETENSORS_FIELD_MISSING', `{"a":‸{"shape":[4],"data_offsets":[0,4]}}`, 4],
  ['no offsets', 'SAFETENSORS_FIELD_MISSING', `{"a":‸{"shape":[4],"dtype":"U8"}}`, 4],
  ['an unknown field', 'SAFETENSORS_FIELD_UNKNOWN', `{"a":{"dtype":"U8",‸"strides":[1]}}`],
  ['a tensor that is a list', 'SAFETENSORS_ENTRY', `{"a":‸["U8",[4],[0,4]]}`, 4],
  ['a tensor that is null', 'SAFETENSORS_ENTRY', `{"é":‸null}`],
  ['bytes behind the last tensor', 'SAFETENSORS_TRAILING', `{"a":${U8}}`, 7],
  ['bytes behind no tensor', 'SAFETENSORS_TRAILING', '{}', 3],
  [
    'data cut off',
    'SAFETENSORS_DATA_TRUNCATED',
    '{"a":{"dtype":"U8","shape":[4],"data_offsets":‸[0,4]}}',
    3,
    'FORMAT_TRUNCATED',
  ],
  [
    '65 dimensions',
    'SAFETENSORS_RANK_LIMIT',
    `{"a":{"dtype":"U8","shape":[${'1,'.repeat(64)}‸1],"data_offsets":[0,1]}}`,
    1,
    'FORMAT_LIMIT',
  ],
  [
    'a name of 16,385 characters',
    'SAFETENSORS_NAME_LIMIT',
    `{‸"${'n'.repeat(16_385)}":${U8}}`,
    4,
    'FORMAT_LIMIT',
  ],
  ['an open string', 'JSON_TRUNCATED', '{"a‸'],
  ['an open object', 'JSON_TRUNCATED', `{"a":${U8}‸`],
  ['a comma too many', 'JSON_SYNTAX', `{"a":${U8},‸}`, 4],
  ['a comma too few', 'JSON_SYNTAX', `{"a":${U8}‸"b":${U8}}`, 4],
  ['a leading zero', 'JSON_NUMBER', `{"a":{"dtype":"U8","shape":[‸04],"data_offsets":[0,4]}}`, 4],
  ['a line break in a name', 'JSON_STRING', `{"a‸\n":${U8}}`, 4],
  ['half a surrogate pair', 'JSON_SURROGATE', `{‸"\\ud800":${U8}}`, 4],
];

const FILES: readonly BadFile[] = [
  {
    name: 'an empty file',
    bytes: new Uint8Array(0),
    code: 'FORMAT_TRUNCATED',
    fault: 'SAFETENSORS_TRUNCATED',
    offset: 0,
  },
  {
    name: 'seven bytes',
    bytes: new Uint8Array(7),
    code: 'FORMAT_TRUNCATED',
    fault: 'SAFETENSORS_TRUNCATED',
    offset: 0,
  },
  {
    name: 'no header',
    bytes: around(''),
    code: 'FORMAT_INVALID',
    fault: 'SAFETENSORS_HEADER_LENGTH',
    offset: 0,
  },
  {
    name: 'a header of 100,000,001 bytes',
    bytes: around('{}', 0, 100_000_001n),
    code: 'FORMAT_INVALID',
    fault: 'SAFETENSORS_HEADER_LENGTH',
    offset: 0,
  },
  {
    name: 'a header of 2^64 - 1 bytes',
    bytes: around('{}', 0, 2n ** 64n - 1n),
    code: 'FORMAT_INVALID',
    fault: 'SAFETENSORS_HEADER_LENGTH',
    offset: 0,
  },
  {
    name: 'a header one byte longer than the file',
    bytes: around('{}', 0, 3n),
    code: 'FORMAT_TRUNCATED',
    fault: 'SAFETENSORS_HEADER_TRUNCATED',
    offset: 0,
  },
  {
    name: 'a header that is not UTF-8',
    bytes: around(Uint8Array.of(0x7b, 0x22, 0xc3, 0xa9, 0xc0, 0x80, 0x22, 0x7d)),
    code: 'FORMAT_INVALID',
    fault: 'JSON_UTF8',
    offset: 12,
  },
  {
    name: 'a Git LFS pointer',
    bytes: encode('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n'),
    code: 'FORMAT_INVALID',
    fault: 'SAFETENSORS_NOT_SAFETENSORS',
    offset: 0,
  },
  {
    name: 'a web page',
    bytes: encode('<!DOCTYPE html><html></html>'),
    code: 'FORMAT_INVALID',
    fault: 'SAFETENSORS_NOT_SAFETENSORS',
    offset: 0,
  },
];

const mapped = (shard: string): string => `{"weight_map":{"a":‸"${shard}"}}`;

const INDICES: readonly Refusal[] = [
  ['a shard in the parent folder', 'INDEX_SHARD_PATH', mapped('../m.safetensors'), 0, 'PATH_ESCAPES'],
  ['a shard in a folder', 'INDEX_SHARD_PATH', mapped('x/m.safetensors'), 0, 'PATH_ESCAPES'],
  ['an absolute shard', 'INDEX_SHARD_PATH', mapped('/etc/m.safetensors'), 0, 'PATH_ESCAPES'],
  ['a shard with a backslash', 'INDEX_SHARD_PATH', mapped('..\\\\m.safetensors'), 0, 'PATH_ESCAPES'],
  ['a shard with an escaped slash', 'INDEX_SHARD_PATH', mapped('x\\u002fm.safetensors'), 0, 'PATH_ESCAPES'],
  ['a shard on a drive', 'INDEX_SHARD_PATH', mapped('C:m.safetensors'), 0, 'PATH_ESCAPES'],
  ['a shard with NUL', 'INDEX_SHARD_NAME', mapped('m.bin\\u0000.safetensors')],
  ['a shard with an escape sequence', 'INDEX_SHARD_NAME', mapped('\\u001b[2J.safetensors')],
  ['a shard that reads backwards', 'INDEX_SHARD_NAME', mapped('m\\u202e.safetensors')],
  ['a shard that is a pickle', 'INDEX_SHARD_NAME', mapped('pytorch_model.bin')],
  ['a shard without a name', 'INDEX_SHARD_NAME', mapped('')],
  ['a shard of 256 characters', 'INDEX_SHARD_NAME', mapped(`${'m'.repeat(244)}.safetensors`)],
  ['an entry that is a list', 'INDEX_TYPE', '{"weight_map":{"a":‸["m.safetensors"]}}'],
  ['a weight_map that is a list', 'INDEX_TYPE', '{"weight_map":‸[]}'],
  ['a total size in a string', 'INDEX_TYPE', '{"metadata":{"total_size":‸"4"},"weight_map":{}}'],
  ['a negative total size', 'INDEX_TYPE', '{"metadata":{"total_size":‸-4},"weight_map":{}}'],
  ['a total size beyond 2^53', 'INDEX_TYPE', '{"metadata":{"total_size":‸9007199254740993},"weight_map":{}}'],
  ['a list', 'INDEX_TYPE', '‸[]'],
  ['no weight_map', 'INDEX_WEIGHT_MAP_MISSING', '‸{"metadata":{}}'],
  ['a tensor twice', 'INDEX_KEY_DUPLICATE', '{"weight_map":{"a":"m.safetensors",‸"a":"n.safetensors"}}'],
  ['two weight_maps', 'INDEX_KEY_DUPLICATE', '{"weight_map":{},‸"weight_map":{}}'],
  ['two total sizes', 'INDEX_KEY_DUPLICATE', '{"metadata":{"total_size":1,‸"total_size":2},"weight_map":{}}'],
  ['a key twice in what is skipped', 'JSON_KEY_DUPLICATE', '{"x":[{"y":1,‸"y":2}],"weight_map":{}}'],
  ['65 levels', 'JSON_DEPTH', `{"x":${'['.repeat(63)}‸[`, 0, 'FORMAT_LIMIT'],
  ['a cut index', 'JSON_TRUNCATED', '{"weight_map":{"a":"m.saf‸', 0, 'FORMAT_TRUNCATED'],
];

const header = ([name, fault, text, data = 0, code = 'FORMAT_INVALID']: Refusal): BadFile => {
  const { json, at } = marked(text);
  const end = encode(json).length;
  // Without a mark the fault is behind the data that belong to a tensor.
  const offset = at >= 0 && text.includes('‸') ? 8 + at : 8 + end + (json === '{}' ? 0 : 4);
  return { name, bytes: around(json, data), code, fault, offset };
};

const index = ([name, fault, text, , code = 'FORMAT_INVALID']: Refusal): BadFile => {
  const { json, at } = marked(text);
  return { name: `index: ${name}`, bytes: encode(json), code, fault, offset: at };
};

export const BAD_FILES: readonly BadFile[] = [...FILES, ...HEADERS.map(header)];
export const BAD_INDICES: readonly BadFile[] = INDICES.map(index);
