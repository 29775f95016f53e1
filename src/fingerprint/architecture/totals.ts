import type { Architecture, ModelStructure } from '../../core/types.js';
import type { ClosedForm } from '../closed-form/closed-form.js';
import { best } from './sources.js';
import type { Storage } from './storage.js';

type Totals = Pick<
  Architecture,
  'parameters' | 'weightBits' | 'weightTypes' | 'uncounted' | 'tensors' | 'payloadBytes'
>;

/** Where no files are, what the configuration implies of them. */
export function impliedTotals(
  { parameters, tensors, payloadBytes }: Totals,
  implied: ClosedForm | null,
): Pick<Totals, 'parameters' | 'tensors' | 'payloadBytes'> {
  if (implied === null) return { parameters, tensors, payloadBytes };
  return {
    parameters: parameters ?? { value: implied.parameters, from: 'config' },
    tensors: tensors ?? { value: implied.tensors, from: 'config' },
    payloadBytes: payloadBytes ?? { value: implied.payloadBytes, from: 'config' },
  };
}

/** Totals of what is stored. An incomplete set has none. */
export function totals(
  stored: Storage,
  { format, index, storedTensors, files }: ModelStructure,
  { complete, distinct }: { readonly complete: boolean; readonly distinct: boolean },
): Totals {
  if (format === 'onnx') return { ...stored, tensors: null, payloadBytes: null };
  const payload = files.reduce((sum, { bytes, headerBytes }) => sum + bytes - headerBytes, 0);
  const known = complete ? stored : { ...stored, parameters: null, weightBits: null, uncounted: {} };
  return {
    ...known,
    // A head that may be a copy of the embedding may count or not.
    ...(distinct ? {} : { parameters: null }),
    tensors: best({ shapes: complete ? storedTensors : undefined, index: index?.tensors.size }),
    payloadBytes: best({ shapes: complete ? payload : undefined, index: index?.totalSize ?? undefined }),
  };
}
