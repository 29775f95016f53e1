import type { ErrorCode } from '../../src/core/errors.js';
import type { OnnxFault } from '../../src/formats/onnx/fault.js';
import { FLOAT, graph, initializer, nodeWith } from './onnx.js';
import { bytes, double, float, int, key, len, packed, varint } from './protobuf.js';

/** A file that must be refused: for what, and at which byte. */
export interface BadOnnx {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly code: ErrorCode;
  readonly fault: OnnxFault;
  readonly offset: number;
}

type Row = readonly [name: string, bytes: Uint8Array, code: ErrorCode, fault: OnnxFault, offset: number];

const UTF8 = new TextEncoder();
const raw = (size: number) => len(9, new Uint8Array(size));
const entry = (name: string, text: string) => len(13, len(1, name), len(2, text));
const at = entry('location', 'w.bin');
const EXTERNAL = int(14, 1);
/** A model without content, 2 bytes, then something. */
const after = (...parts: Uint8Array[]) => bytes(graph(), ...parts);
/** One initializer; its own key is at byte 2, its first field at byte 4. */
const tensor = (...fields: Uint8Array[]) => graph(initializer(...fields));
/** The innermost graph is empty; behind it every level has its attribute's type, 3 bytes. */
const nested = (depth: number): Uint8Array => {
  let inner: Uint8Array = new Uint8Array(0);
  for (let i = 0; i < depth; i++) inner = nodeWith(len(6, inner), int(20, 5));
  return graph(inner);
};
const named = len(8, 'w');
const empty = initializer(named, int(1, 0), FLOAT);
const INVALID = 'FORMAT_INVALID';
const TRUNCATED = 'FORMAT_TRUNCATED';
const LIMIT = 'FORMAT_LIMIT';

const wire: readonly Row[] = [
  ['an empty file', new Uint8Array(0), INVALID, 'ONNX_EMPTY', 0],
  ['a zip archive', UTF8.encode('PK\u0003\u0004'), INVALID, 'ONNX_OTHER_FORMAT', 0],
  ['no graph', int(1, 8), INVALID, 'ONNX_GRAPH_MISSING', 2],
  [
    'a varint of eleven bytes',
    after(key(99, 0), new Uint8Array(10).fill(0x80), Uint8Array.of(0)),
    INVALID,
    'ONNX_VARINT',
    4,
  ],
  [
    'a varint of 65 bits',
    after(key(99, 0), new Uint8Array(9).fill(0x80), Uint8Array.of(2)),
    INVALID,
    'ONNX_VARINT',
    4,
  ],
  ['a group', after(key(99, 3)), INVALID, 'ONNX_WIRE_TYPE', 2],
  ['field number 0', after(key(0, 0), Uint8Array.of(0)), INVALID, 'ONNX_FIELD_NUMBER', 2],
  ['a graph that is a number', after(int(7, 1)), INVALID, 'ONNX_WIRE_TYPE', 2],
  ['a version beyond 2^53', after(int(1, 2n ** 53n)), INVALID, 'ONNX_INTEGER', 2],
  ['a length past the end of the file', after(key(99, 2), varint(100)), TRUNCATED, 'ONNX_TRUNCATED', 2],
  ['a length of 2^60', after(key(99, 2), varint(2n ** 60n)), TRUNCATED, 'ONNX_TRUNCATED', 2],
  ['an end inside a key', after(Uint8Array.of(0x80)), TRUNCATED, 'ONNX_TRUNCATED', 2],
  [
    'a length past the end of the message',
    bytes(len(7, key(1, 2), Uint8Array.of(9)), new Uint8Array(20)),
    INVALID,
    'ONNX_FIELD_END',
    2,
  ],
  ['a name that is not UTF-8', graph(len(2, Uint8Array.of(0xff))), INVALID, 'ONNX_TEXT', 2],
  ['a name of 20 kB', graph(len(2, 'x'.repeat(20_000))), LIMIT, 'ONNX_NAME_LENGTH', 4],
  ['graphs 33 deep', nested(33), LIMIT, 'ONNX_DEPTH', nested(33).length - 33 * 3],
  [
    'a packed list that ends inside a value',
    graph(nodeWith(len(8, Uint8Array.of(0x80)))),
    INVALID,
    'ONNX_VARINT',
    15,
  ],
];

const ambiguous: readonly Row[] = [
  ['two initializers of one name', graph(empty, empty), INVALID, 'ONNX_INITIALIZER_TWICE', 2 + empty.length],
  [
    'two attributes of one name',
    graph(len(1, len(5, len(1, 'a')), len(5, len(1, 'a')))),
    INVALID,
    'ONNX_ATTRIBUTE_TWICE',
    9,
  ],
  [
    'two versions of one operator set',
    after(len(8, int(2, 1)), len(8, len(1, 'ai.onnx'), int(2, 2))),
    INVALID,
    'ONNX_OPSET_TWICE',
    6,
  ],
  ['a function in the domain of ONNX', after(len(25, len(1, 'MatMul'))), INVALID, 'ONNX_FUNCTION_SHADOWS', 2],
  [
    'a function in the other spelling of that domain',
    after(len(25, len(1, 'MatMul'), len(10, 'ai.onnx'))),
    INVALID,
    'ONNX_FUNCTION_SHADOWS',
    2,
  ],
  [
    'two functions of one name',
    after(len(25, len(1, 'f'), len(10, 'own')), len(25, len(10, 'own'), len(1, 'f'))),
    INVALID,
    'ONNX_FUNCTION_TWICE',
    13,
  ],
];

const tensors: readonly Row[] = [
  ['a negative dimension', tensor(int(1, -1), FLOAT, raw(4)), INVALID, 'ONNX_DIMENSION', 4],
  ['a product beyond 2^53', tensor(packed(1, 2 ** 30, 2 ** 30), FLOAT, raw(4)), INVALID, 'ONNX_ELEMENTS', 2],
  ['65 dimensions', tensor(packed(1, ...Array(65).fill(1)), FLOAT), LIMIT, 'ONNX_RANK', 70],
  ['no type', tensor(int(1, 1), raw(4)), INVALID, 'ONNX_DATA_TYPE', 2],
  ['data too short for the shape', tensor(named, int(1, 2), FLOAT, raw(7)), INVALID, 'ONNX_DATA_SIZE', 2],
  ['data too long for the shape', tensor(named, int(1, 2), FLOAT, raw(9)), INVALID, 'ONNX_DATA_SIZE', 2],
  ['raw and typed data', tensor(int(1, 1), FLOAT, raw(4), float(4, 1)), INVALID, 'ONNX_DATA_TWICE', 2],
  ['raw and external data', tensor(int(1, 1), FLOAT, raw(4), at, EXTERNAL), INVALID, 'ONNX_DATA_TWICE', 2],
  [
    'data in the field of another type',
    tensor(int(1, 1), FLOAT, double(10, 1)),
    INVALID,
    'ONNX_DATA_FIELD',
    2,
  ],
  ['an unknown data location', tensor(int(14, 2)), INVALID, 'ONNX_DATA_LOCATION', 4],
  ['no external location', tensor(int(1, 1), FLOAT, EXTERNAL), INVALID, 'ONNX_EXTERNAL_PATH', 2],
  ['two external locations', tensor(at, at), INVALID, 'ONNX_EXTERNAL_KEY_TWICE', 4 + at.length],
  [
    'a negative external offset',
    tensor(int(1, 1), FLOAT, at, entry('offset', '-1'), EXTERNAL),
    INVALID,
    'ONNX_EXTERNAL_NUMBER',
    2,
  ],
  [
    'an external length in hexadecimal',
    tensor(int(1, 1), FLOAT, at, entry('length', '0x4'), EXTERNAL),
    INVALID,
    'ONNX_EXTERNAL_NUMBER',
    2,
  ],
  [
    'an external length against the shape',
    tensor(int(1, 1), FLOAT, at, entry('length', '8'), EXTERNAL),
    INVALID,
    'ONNX_DATA_SIZE',
    2,
  ],
  [
    'more non-zeros than elements',
    graph(len(15, len(1, int(1, 2), FLOAT, raw(8)), int(3, 1))),
    INVALID,
    'ONNX_SPARSE',
    2,
  ],
];

export const BAD_ONNX: readonly BadOnnx[] = [...wire, ...ambiguous, ...tensors].map(
  ([name, content, code, fault, offset]) => ({ name, bytes: content, code, fault, offset }),
);
