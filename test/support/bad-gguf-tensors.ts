import type { ErrorCode } from '../../src/core/errors.js';
import type { GgufFault } from '../../src/formats/gguf/fault.js';
import { gguf, head, pair, tensor, text, u32, u64 } from './gguf.js';
import { bytes } from './protobuf.js';

export type Row = readonly [
  name: string,
  bytes: Uint8Array,
  code: ErrorCode,
  fault: GgufFault,
  offset: number,
];

export const F32 = 0;
export const HEAD = 24;
export const UTF8_BROKEN = Uint8Array.of(0x61, 0xff);
const Q4_0 = 2;
/** From the start of a tensor's info, with a name of one byte. */
const RANK = 9;
const SHAPE = 13;
/** A file with one tensor of `size` bytes. */
const single = (info: Uint8Array, size = 64) => gguf({ tensors: [info], data: size });

/** Tensors that must be refused. */
export const TENSORS: readonly Row[] = [
  [
    'a name of 64 bytes',
    single(tensor('n'.repeat(64), [8], F32, 0)),
    'FORMAT_INVALID',
    'GGUF_NAME_LENGTH',
    HEAD,
  ],
  [
    'a name of 65,536 bytes',
    single(tensor('n'.repeat(65_536), [8], F32, 0)),
    'FORMAT_LIMIT',
    'GGUF_NAME_LENGTH',
    HEAD,
  ],
  [
    'a name that is not UTF-8',
    single(tensor(UTF8_BROKEN, [8], F32, 0)),
    'FORMAT_INVALID',
    'GGUF_NAME_TEXT',
    HEAD,
  ],
  ['a name with a zero byte', single(tensor('w\0', [8], F32, 0)), 'FORMAT_INVALID', 'GGUF_NAME_TEXT', HEAD],
  [
    'two tensors of one name',
    gguf({ tensors: [tensor('w', [8], F32, 0), tensor('w', [8], F32, 32)], data: 64 }),
    'FORMAT_INVALID',
    'GGUF_NAME_DUPLICATE',
    HEAD + tensor('w', [8], F32, 0).length,
  ],
  [
    'five dimensions',
    single(tensor('w', [1, 1, 1, 1, 8], F32, 0)),
    'FORMAT_INVALID',
    'GGUF_RANK',
    HEAD + RANK,
  ],
  [
    'a dimension of 0',
    single(tensor('w', [8, 0], F32, 0)),
    'FORMAT_INVALID',
    'GGUF_DIMENSION',
    HEAD + SHAPE + 8,
  ],
  [
    'a negative dimension',
    single(tensor('w', [-8], F32, 0)),
    'FORMAT_INVALID',
    'GGUF_DIMENSION',
    HEAD + SHAPE,
  ],
  [
    'a product of 2^64',
    single(tensor('w', [2 ** 32, 2 ** 32], F32, 0)),
    'FORMAT_INVALID',
    'GGUF_ELEMENTS',
    HEAD + RANK,
  ],
  ['type 43', single(tensor('w', [8], 43, 0)), 'FORMAT_INVALID', 'GGUF_TENSOR_TYPE', HEAD + SHAPE + 8],
  ['type -1', single(tensor('w', [8], -1, 0)), 'FORMAT_INVALID', 'GGUF_TENSOR_TYPE', HEAD + SHAPE + 8],
  ...[4, 5, 31, 32, 33, 36, 37, 38].map(
    (type): Row => [
      `removed type ${type}`,
      single(tensor('w', [256], type, 0)),
      'FORMAT_INVALID',
      'GGUF_TENSOR_TYPE_REMOVED',
      HEAD + SHAPE + 8,
    ],
  ),
  ['half a block', single(tensor('w', [48], Q4_0, 0)), 'FORMAT_INVALID', 'GGUF_BLOCK', HEAD + SHAPE + 8],
  ['a scalar in blocks', single(tensor('w', [], Q4_0, 0)), 'FORMAT_INVALID', 'GGUF_BLOCK', HEAD + SHAPE],
  [
    'a hole before the data',
    single(tensor('w', [8], F32, 32)),
    'FORMAT_INVALID',
    'GGUF_OFFSET',
    HEAD + SHAPE + 12,
  ],
  [
    'two tensors in one place',
    gguf({ tensors: [tensor('a', [8], F32, 0), tensor('b', [8], F32, 0)], data: 64 }),
    'FORMAT_INVALID',
    'GGUF_OFFSET',
    HEAD + tensor('a', [8], F32, 0).length + SHAPE + 12,
  ],
  [
    'data one byte past the end',
    single(tensor('w', [8], F32, 0), 31),
    'FORMAT_TRUNCATED',
    'GGUF_DATA_END',
    HEAD + SHAPE + 20 + 7 + 31,
  ],
  [
    'data of 2^62 bytes',
    single(tensor('w', [2n ** 60n], F32, 0)),
    'FORMAT_TRUNCATED',
    'GGUF_DATA_END',
    HEAD + SHAPE + 20 + 7 + 64,
  ],
  [
    'data of the second tensor past the end',
    gguf({ tensors: [tensor('a', [8], F32, 0), tensor('b', [16], F32, 32)], data: 64 }),
    'FORMAT_TRUNCATED',
    'GGUF_DATA_END',
    160,
  ],
  [
    'an alignment beyond the file',
    gguf({
      pairs: [pair('general.alignment', 'u32', 2 ** 31)],
      tensors: [tensor('w', [8], F32, 0)],
      data: 64,
    }),
    'FORMAT_TRUNCATED',
    'GGUF_DATA_END',
    160,
  ],
  [
    'an end inside the shape',
    bytes(head(1, 0), text('w'), u32(2), u64(8), u32(0)),
    'FORMAT_TRUNCATED',
    'GGUF_TRUNCATED',
    HEAD + SHAPE,
  ],
];
