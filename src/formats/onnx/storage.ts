import type { AssayError } from '../../core/errors.js';
import { quoted } from '../failure.js';
import { dataType, type OnnxDataType, packedBytes, TYPED_FIELDS } from './data-types.js';
import { externalStorage } from './external.js';
import type { OnnxFault } from './fault.js';
import { FIXED32, FIXED64 } from './field.js';
import type { WireReader } from './reader.js';
import { smallFromTyped } from './small.js';
import type { TensorDraft } from './tensor.js';
import { typedWire } from './typed.js';
import type { OnnxTensor } from './types.js';

type Stored = Pick<OnnxTensor, 'storage' | 'small'>;

/**
 * Where the elements are. A tensor that states two places, or a size that its shape contradicts, is rejected:
 * the runtime would pick one, and the numbers counted here might be others.
 */
export function tensorStorage(reader: WireReader, draft: TensorDraft, elements: number): Stored {
  const { raw, typed, at } = draft;
  const fail: Fail = (fault, what) => reader.invalid(fault, at, `tensor ${quoted(draft.name)} ${what}`);
  if (draft.dataType <= 0)
    throw fail('ONNX_DATA_TYPE', `has data type ${draft.dataType}; expected 1 or more`);
  const places = [draft.isExternal, raw !== undefined && raw.length > 0, typed.fields.size > 0];
  if (places.filter(Boolean).length > 1)
    throw fail('ONNX_DATA_TWICE', 'stores its data in two places; expected one');

  const type = dataType(draft.dataType);
  if (draft.isExternal) {
    const storage = externalStorage(reader, at, draft.external);
    if (storage.kind === 'external' && storage.length !== null)
      checkBytes(type, elements, storage.length, fail);
    return { storage };
  }
  if (raw !== undefined && typed.fields.size === 0) {
    checkBytes(type, elements, raw.length, fail);
    const storage = { kind: 'inline', ...raw } as const;
    return draft.small === undefined ? { storage } : { storage, small: draft.small };
  }
  checkTyped(type, elements, draft, fail);
  const storage = { kind: 'typed', bytes: typed.bytes } as const;
  const small = type === undefined ? undefined : smallFromTyped(type, typed);
  return small === undefined ? { storage } : { storage, small };
}

type Fail = (fault: OnnxFault, what: string) => AssayError;

function checkBytes(type: OnnxDataType | undefined, elements: number, bytes: number, fail: Fail): void {
  if (type === undefined) {
    atLeastOneBit(elements, bytes, fail);
    return;
  }
  if (type.field === TYPED_FIELDS.string)
    throw fail('ONNX_DATA_FIELD', 'stores strings as raw data; expected string_data');
  const expected = packedBytes(type, elements);
  if (bytes === expected) return;
  throw fail('ONNX_DATA_SIZE', `has ${bytes} bytes; ${elements} elements of ${type.name} take ${expected}`);
}

function checkTyped(type: OnnxDataType | undefined, elements: number, draft: TensorDraft, fail: Fail): void {
  const { fields, bytes, strings } = draft.typed;
  if (type === undefined) {
    atLeastOneBit(elements, bytes, fail);
    return;
  }
  const foreign = [...fields].find((field) => field !== type.field);
  if (foreign !== undefined) {
    throw fail('ONNX_DATA_FIELD', `stores ${type.name} in field ${foreign}; expected field ${type.field}`);
  }
  if (type.field === TYPED_FIELDS.string) {
    if (strings !== elements)
      throw fail('ONNX_DATA_SIZE', `has ${strings} strings; its shape takes ${elements}`);
    return;
  }
  const [least, most] = typedBytes(type, elements);
  if (bytes >= least && bytes <= most) return;
  throw fail(
    'ONNX_DATA_SIZE',
    `has ${bytes} bytes of ${type.name}; ${elements} elements take ${least} to ${most}`,
  );
}

/** Fewest and most bytes of typed data: fixed-size values, or varints of one to ten bytes. */
function typedBytes(type: OnnxDataType, elements: number): readonly [number, number] {
  const wire = typedWire(type.field);
  if (wire === FIXED32 || wire === FIXED64) return [packedBytes(type, elements), packedBytes(type, elements)];
  const values = type.bits < 8 ? packedBytes(type, elements) : elements;
  return [values, values * 10];
}

/** A type newer than this reader: at one bit per element, N bytes still cannot hold more than 8·N elements. */
function atLeastOneBit(elements: number, bytes: number, fail: Fail): void {
  if (elements > bytes * 8)
    throw fail('ONNX_DATA_SIZE', `has ${bytes} bytes, which cannot hold ${elements} elements`);
}
