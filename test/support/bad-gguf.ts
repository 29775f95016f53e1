import type { ErrorCode } from '../../src/core/errors.js';
import type { GgufFault } from '../../src/formats/gguf/fault.js';
import { F32, HEAD, type Row, TENSORS, UTF8_BROKEN } from './bad-gguf-tensors.js';
import { gguf, head, KIND, list, pair, tensor, text, u32, u64 } from './gguf.js';
import { bytes } from './protobuf.js';

/** A file that must be refused: for what, and at which byte. */
export interface BadGguf {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly code: ErrorCode;
  readonly fault: GgufFault;
  readonly offset: number;
}

const one = pair('general.architecture', 'string', 'llama');
const key = (name: string, kind: number) => bytes(text(name), u32(kind));
/** A file with one pair, and what follows it. */
const paired = (...parts: Uint8Array[]) => bytes(head(0, 1), ...parts);
const tokens = list('tokenizer.ggml.tokens', 'string', ['a', 'b', 'c']);

const start: readonly Row[] = [
  ['an empty file', new Uint8Array(0), 'FORMAT_INVALID', 'GGUF_MAGIC', 0],
  ['another magic', bytes(text('GGML')), 'FORMAT_INVALID', 'GGUF_MAGIC', 0],
  ['version 0', gguf({ version: 0 }), 'FORMAT_INVALID', 'GGUF_VERSION', 4],
  ['version 1', gguf({ version: 1 }), 'FORMAT_INVALID', 'GGUF_VERSION', 4],
  ['version 4', gguf({ version: 4 }), 'FORMAT_INVALID', 'GGUF_VERSION', 4],
  ['a big-endian file', gguf({ version: 0x03000000 }), 'FORMAT_INVALID', 'GGUF_BIG_ENDIAN', 4],
  ['an end inside the version', head(0, 0).slice(0, 6), 'FORMAT_TRUNCATED', 'GGUF_TRUNCATED', 4],
  ['an end inside the counts', head(0, 0).slice(0, 20), 'FORMAT_TRUNCATED', 'GGUF_TRUNCATED', 16],
  ['more tensors than fit', head(5, 0), 'FORMAT_TRUNCATED', 'GGUF_TENSOR_COUNT', 8],
  ['2^63 tensors', head(2n ** 63n, 0), 'FORMAT_LIMIT', 'GGUF_TENSOR_COUNT', 8],
  ['more keys than fit', head(0, 5), 'FORMAT_TRUNCATED', 'GGUF_KEY_COUNT', 16],
  ['2^32 keys', head(0, 2n ** 32n), 'FORMAT_LIMIT', 'GGUF_KEY_COUNT', 16],
];

const keys: readonly Row[] = [
  ['an empty key', paired(pair('', 'u32', 1)), 'FORMAT_INVALID', 'GGUF_KEY_LENGTH', HEAD],
  [
    'a key of 65,536 bytes',
    paired(pair('k'.repeat(65_536), 'u32', 1)),
    'FORMAT_LIMIT',
    'GGUF_KEY_LENGTH',
    HEAD,
  ],
  [
    'a key longer than the file',
    paired(u64(1000), new Uint8Array(20)),
    'FORMAT_TRUNCATED',
    'GGUF_KEY_LENGTH',
    HEAD,
  ],
  ['a key that is not UTF-8', paired(pair(UTF8_BROKEN, 'u32', 1)), 'FORMAT_INVALID', 'GGUF_KEY_TEXT', HEAD],
  [
    'a key with a zero byte, which C reads as general.alignment',
    paired(pair('general.alignment\0', 'u32', 1)),
    'FORMAT_INVALID',
    'GGUF_KEY_TEXT',
    HEAD,
  ],
  [
    'two keys of one name',
    gguf({ pairs: [one, one] }),
    'FORMAT_INVALID',
    'GGUF_KEY_DUPLICATE',
    HEAD + one.length,
  ],
];

const VALUE = HEAD + key('k', 0).length;
const values: readonly Row[] = [
  ['value type 13', paired(key('k', 13), u64(0)), 'FORMAT_INVALID', 'GGUF_VALUE_TYPE', VALUE - 4],
  ['a value cut off', paired(key('key', 10), u32(0)), 'FORMAT_TRUNCATED', 'GGUF_TRUNCATED', VALUE + 2],
  ['a truth value of 2', paired(key('k', KIND.bool), Uint8Array.of(2)), 'FORMAT_INVALID', 'GGUF_BOOL', VALUE],
  [
    'a truth value of 255 in a list',
    paired(key('k', KIND.array), u32(KIND.bool), u64(2), Uint8Array.of(1, 255)),
    'FORMAT_INVALID',
    'GGUF_BOOL',
    VALUE + 13,
  ],
  [
    'a text over 1 GiB',
    paired(key('k', KIND.string), u64(2 ** 30 + 1)),
    'FORMAT_LIMIT',
    'GGUF_STRING_LENGTH',
    VALUE,
  ],
  [
    'a text longer than the rest',
    paired(key('k', KIND.string), u64(10), u64(0)),
    'FORMAT_TRUNCATED',
    'GGUF_STRING_LENGTH',
    VALUE,
  ],
  [
    'a list of lists',
    paired(key('k', KIND.array), u32(KIND.array), u64(1), u32(0), u64(0)),
    'FORMAT_INVALID',
    'GGUF_ARRAY_NESTED',
    VALUE,
  ],
  [
    'a list of type 13',
    paired(key('k', KIND.array), u32(13), u64(0)),
    'FORMAT_INVALID',
    'GGUF_VALUE_TYPE',
    VALUE,
  ],
  [
    'a list over 2^30 elements',
    paired(key('k', KIND.array), u32(KIND.u8), u64(2 ** 30 + 1)),
    'FORMAT_LIMIT',
    'GGUF_ARRAY_LENGTH',
    VALUE + 4,
  ],
  [
    'a list longer than the rest',
    paired(key('k', KIND.array), u32(KIND.u64), u64(2), u64(0)),
    'FORMAT_TRUNCATED',
    'GGUF_ARRAY_LENGTH',
    VALUE + 4,
  ],
  [
    'a list whose second text is longer than the rest',
    paired(key('k', KIND.array), u32(KIND.string), u64(2), text('a'), u64(9), u64(0)),
    'FORMAT_TRUNCATED',
    'GGUF_STRING_LENGTH',
    VALUE + 21,
  ],
  [
    'a list with a text over 1 GiB',
    paired(key('k', KIND.array), u32(KIND.string), u64(1), u64(-1)),
    'FORMAT_LIMIT',
    'GGUF_STRING_LENGTH',
    VALUE + 12,
  ],
  [
    'a list that ends before its last text',
    paired(key('k', KIND.array), u32(KIND.string), u64(2), text('12345678')),
    'FORMAT_TRUNCATED',
    'GGUF_TRUNCATED',
    VALUE + 28,
  ],
];

const ALIGNMENT = HEAD + key('general.alignment', 0).length;
const aligned = (kind: 'u32' | 'u64', of: number) =>
  gguf({ pairs: [pair('general.alignment', kind, of)], tensors: [tensor('w', [8], F32, 0)], data: 64 });
const meaning: readonly Row[] = [
  ['alignment 0', aligned('u32', 0), 'FORMAT_INVALID', 'GGUF_ALIGNMENT', ALIGNMENT],
  ['alignment 48', aligned('u32', 48), 'FORMAT_INVALID', 'GGUF_ALIGNMENT', ALIGNMENT],
  ['alignment in 64 bits', aligned('u64', 32), 'FORMAT_INVALID', 'GGUF_ALIGNMENT', ALIGNMENT],
  [
    'part 2 of 2, counted from 0',
    gguf({ pairs: [pair('split.no', 'u16', 2), pair('split.count', 'u16', 2)] }),
    'FORMAT_INVALID',
    'GGUF_SPLIT',
    HEAD + key('split.no', 0).length,
  ],
  [
    'a part of nothing',
    gguf({ pairs: [pair('split.no', 'u16', 1)] }),
    'FORMAT_INVALID',
    'GGUF_SPLIT',
    HEAD + key('split.no', 0).length,
  ],
  [
    'a split count that is text',
    gguf({ pairs: [pair('split.count', 'string', '2')] }),
    'FORMAT_INVALID',
    'GGUF_SPLIT',
    HEAD + key('split.count', 0).length,
  ],
  [
    'more tensors in a part than in all',
    gguf({
      pairs: [
        pair('split.tensors.count', 'i32', 1),
        pair('split.no', 'u16', 0),
        pair('split.count', 'u16', 2),
      ],
      tensors: [tensor('a', [8], F32, 0), tensor('b', [8], F32, 32)],
      data: 64,
    }),
    'FORMAT_INVALID',
    'GGUF_SPLIT',
    HEAD + key('split.tensors.count', 0).length,
  ],
  [
    'fewer tokens than rows of the embedding',
    gguf({ pairs: [tokens], tensors: [tensor('token_embd.weight', [8, 4], F32, 0)], data: 128 }),
    'FORMAT_INVALID',
    'GGUF_VOCABULARY_SIZE',
    HEAD + key('tokenizer.ggml.tokens', 0).length + 4,
  ],
  [
    'fewer scores than tokens',
    gguf({ pairs: [list('tokenizer.ggml.scores', 'f32', [0, 0]), tokens] }),
    'FORMAT_INVALID',
    'GGUF_TOKEN_LIST',
    HEAD + key('tokenizer.ggml.scores', 0).length,
  ],
  [
    'tokens that are numbers',
    gguf({ pairs: [list('tokenizer.ggml.tokens', 'u32', [1, 2])] }),
    'FORMAT_INVALID',
    'GGUF_TOKEN_LIST',
    HEAD + key('tokenizer.ggml.tokens', 0).length,
  ],
];

export const BAD_GGUF: readonly BadGguf[] = [...start, ...keys, ...values, ...meaning, ...TENSORS].map(
  ([name, content, code, fault, offset]) => ({ name, bytes: content, code, fault, offset }),
);
