import { dimension, elementCount } from './elements.js';
import { BYTES, type Field } from './field.js';
import { integers } from './integers.js';
import type { WireReader } from './reader.js';
import { finishTensor, readTensor, tensorDraft } from './tensor.js';
import type { OnnxTensor } from './types.js';

/**
 * SparseTensorProto as a tensor of its dense shape that stores only its non-zeros.
 * Read so that weights cannot hide from the parameter count.
 */
export async function readSparse(reader: WireReader, field: Field): Promise<OnnxTensor> {
  reader.expect(field, BYTES);
  const values = tensorDraft(field.at);
  const dims: number[] = [];
  await reader.message(field, async (part) => {
    if (part.number === 1) await readTensor(reader, part, values);
    else if (part.number === 3) {
      await integers(reader, part, dims, (value, at) => dimension(reader, dims, value, at));
    }
  });
  const stored = finishTensor(reader, values);
  const dense = elementCount(reader, field.at, dims);
  if (stored.elements <= dense) return { ...stored, dims };
  throw reader.invalid(
    'ONNX_SPARSE',
    field.at,
    `a sparse tensor stores ${stored.elements} of ${dense} elements`,
  );
}
