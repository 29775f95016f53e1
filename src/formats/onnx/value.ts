import { BYTES, type Field } from './field.js';
import { MAX_RANK } from './limits.js';
import type { WireReader } from './reader.js';
import type { OnnxValue } from './types.js';

interface ValueDraft {
  name: string;
  elemType: number;
  dims: (number | string | null)[] | null;
}

/** ValueInfoProto. Of the TypeProto kinds only tensors have a size; the others read as having no type. */
export async function readValue(reader: WireReader, field: Field): Promise<OnnxValue> {
  reader.expect(field, BYTES);
  const draft: ValueDraft = { name: '', elemType: 0, dims: null };
  await reader.message(field, async (part) => {
    if (part.number === 1) draft.name = await reader.text(part);
    else if (part.number === 2) await readType(reader, part, draft);
  });
  return draft;
}

async function readType(reader: WireReader, field: Field, draft: ValueDraft): Promise<void> {
  reader.expect(field, BYTES);
  await reader.message(field, async (part) => {
    if (part.number === 1) await readTensorType(reader, part, draft);
    else if (ONEOF_KINDS.has(part.number)) Object.assign(draft, { elemType: 0, dims: null });
  });
}

/** sequence, map, sparse tensor, optional, opaque: members of the same oneof, so the last one counts. */
const ONEOF_KINDS = new Set([4, 5, 7, 8, 9]);

async function readTensorType(reader: WireReader, field: Field, draft: ValueDraft): Promise<void> {
  reader.expect(field, BYTES);
  await reader.message(field, async (part) => {
    if (part.number === 1) draft.elemType = reader.int32(part);
    else if (part.number === 2) await readShape(reader, part, draft);
  });
}

async function readShape(reader: WireReader, field: Field, draft: ValueDraft): Promise<void> {
  reader.expect(field, BYTES);
  const dims = draft.dims ?? [];
  draft.dims = dims;
  await reader.message(field, async (part) => {
    if (part.number !== 1) return;
    if (dims.length >= MAX_RANK) {
      throw reader.overLimit(
        'ONNX_RANK',
        part.at,
        `a shape has more than ${MAX_RANK} dimensions, which is the limit`,
      );
    }
    dims.push(await readDimension(reader, part));
  });
}

/** A size, a symbol, or null. Exporters write -1 and the empty symbol for "unknown". */
async function readDimension(reader: WireReader, field: Field): Promise<number | string | null> {
  reader.expect(field, BYTES);
  let dim: number | string | null = null;
  await reader.message(field, async (part) => {
    if (part.number === 1) {
      const size = reader.integer(part);
      dim = size < 0 ? null : size;
    } else if (part.number === 2) dim = (await reader.text(part)) || null;
  });
  return dim;
}
