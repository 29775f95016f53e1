import type { Architecture, Probe, WeightsCapability } from '../../core/types.js';
import { readArchitecture } from '../architecture.js';

/** Rows of head and embedding that are compared: of separate matrices not even one is equal. */
const COMPARED_ROWS = 8;
/** Two bits a number keep the cosine with the original above 0.9. */
const UNRELATED = 0.5;

/**
 * Structure of the model from its tensors, graph, metadata and configuration. Beyond headers it reads a few rows of the
 * output matrix, where nothing else says whether that is a copy of the embedding.
 */
const architecture: Probe<Architecture> = {
  id: 'architecture',
  version: 1,
  requires: ['weights'],
  cost: () => ({ requests: 0, tokens: 0 }),
  collect: async ({ weights }, { signal, headersOnly }) => {
    const structure = await weights.structure(signal);
    const fromHeaders = readArchitecture(structure);
    if (structure.format === 'onnx' || headersOnly || fromHeaders.tiedEmbeddings !== null) return fromHeaders;
    return readArchitecture(structure, { headRepeatsEmbedding: await headRepeatsEmbedding(weights) });
  },
};
export default architecture;

/**
 * Undefined where the two could be one matrix quantized in two ways: a head trained a little away from the embedding,
 * as that of DeepSeek-R1-Distill-Qwen-1.5B, looks just like that.
 */
async function headRepeatsEmbedding(weights: WeightsCapability): Promise<boolean | undefined> {
  const { tensors } = await weights.structure();
  const typeOf = (role: 'head' | 'embedding'): string | undefined =>
    tensors.find((tensor) => tensor.role?.role === role)?.type;
  const head = await weights.matrix({ role: 'head' });
  const embedding = await weights.matrix({ role: 'embedding' });
  if (!head || !embedding) return undefined;
  if (head.rows !== embedding.rows || head.columns !== embedding.columns) return false;
  const sameType = typeOf('head') === typeOf('embedding');
  const step = Math.max(1, Math.floor(head.rows / COMPARED_ROWS));
  for (let row = 0; row < head.rows; row += step) {
    const a = await head.read(row, 1);
    const b = await embedding.read(row, 1);
    if (sameType ? a.some((value, index) => !Object.is(value, b[index])) : cosine(a, b) < UNRELATED)
      return false;
  }
  return sameType ? true : undefined;
}

/** NaN for rows of zeros, which say nothing. */
function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array): number =>
    x.reduce((sum, value, index) => sum + value * (y[index] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
