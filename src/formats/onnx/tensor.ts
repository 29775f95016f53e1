import { dimension, elementCount } from './elements.js';
import { readExternalEntry } from './external.js';
import { BYTES, type Field } from './field.js';
import { integers } from './integers.js';
import { SMALL_TENSOR_BYTES } from './limits.js';
import type { WireReader } from './reader.js';
import { tensorStorage } from './storage.js';
import { collectTyped, type TypedData } from './typed.js';
import type { OnnxTensor } from './types.js';

/** A TensorProto while its fields arrive; protobuf merges repeated occurrences of one tensor field. */
export interface TensorDraft {
  readonly at: number;
  readonly dims: number[];
  readonly external: Map<string, string>;
  readonly typed: TypedData;
  name: string;
  dataType: number;
  isExternal: boolean;
  raw: { readonly offset: number; readonly length: number } | undefined;
  small: Uint8Array | undefined;
}

export function tensorDraft(at: number): TensorDraft {
  return {
    at,
    dims: [],
    external: new Map(),
    typed: { fields: new Set(), bytes: 0, strings: 0, values: [] },
    name: '',
    dataType: 0,
    isExternal: false,
    raw: undefined,
    small: undefined,
  };
}

export async function readTensor(reader: WireReader, field: Field, into: TensorDraft): Promise<void> {
  reader.expect(field, BYTES);
  await reader.message(field, async (part) => {
    switch (part.number) {
      case 1:
        return integers(reader, part, into.dims, (value, at) => dimension(reader, into.dims, value, at));
      case 2:
        into.dataType = reader.int32(part);
        return;
      case 8:
        into.name = await reader.text(part);
        return;
      case 9:
        return rawData(reader, part, into);
      case 13:
        return readExternalEntry(reader, part, into.external);
      case 14:
        into.isExternal = location(reader, part);
        return;
      case 4:
      case 5:
      case 6:
      case 7:
      case 10:
      case 11:
        return collectTyped(reader, part, into.typed);
    }
  });
}

export function finishTensor(reader: WireReader, draft: TensorDraft): OnnxTensor {
  const elements = elementCount(reader, draft.at, draft.dims);
  const { name, dims, dataType } = draft;
  return { name, dims, dataType, elements, ...tensorStorage(reader, draft, elements) };
}

async function rawData(reader: WireReader, field: Field, into: TensorDraft): Promise<void> {
  reader.expect(field, BYTES);
  const length = field.to - field.from;
  into.raw = { offset: field.from, length };
  // Not slice(): on a Buffer that is a view, which would keep the window alive.
  into.small = length <= SMALL_TENSOR_BYTES ? new Uint8Array(await reader.bytes(field)) : undefined;
}

/** TensorProto.DataLocation. protobuf drops values it does not know, which would hide the flag. */
function location(reader: WireReader, field: Field): boolean {
  const value = reader.integer(field);
  if (value === 0 || value === 1) return value === 1;
  throw reader.invalid('ONNX_DATA_LOCATION', field.at, `data_location is ${value}; expected 0 or 1`);
}
