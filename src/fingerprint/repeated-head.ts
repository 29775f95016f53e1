import type { ModelStructure, WeightsCapability } from '../core/types.js';

/** Rows compared, spread over the vocabulary: of separate matrices not even one is equal. */
const ROWS = 32;
/** Two bits a number keep the cosine with the original above 0.9. */
const UNRELATED = 0.5;

/**
 * Whether the output matrix holds the numbers of the embedding. Undefined where one of them is missing or empty, and for
 * two that could be one matrix rounded in two ways: a head trained a little away from the embedding, as that of
 * DeepSeek-R1-Distill-Qwen-1.5B, looks just like that.
 */
export async function headRepeatsEmbedding(
  weights: WeightsCapability,
  { tensors }: ModelStructure,
): Promise<boolean | undefined> {
  const [head, embedding] = [
    await weights.matrix({ role: 'head' }),
    await weights.matrix({ role: 'embedding' }),
  ];
  if (head === null || embedding === null) return undefined;
  if (head.rows !== embedding.rows || head.columns !== embedding.columns) return false;
  const stored = tensors.filter(({ role }) => role?.role === 'head' || role?.role === 'embedding');
  const alike = stored.every(({ type, quantization }) => !quantization && type === stored[0]?.type);
  let equal = true;
  let varied = false;
  const step = Math.max(1, Math.floor(head.rows / ROWS));
  for (let row = 0; row < head.rows; row += step) {
    const [a, b] = [await head.read(row, 1), await embedding.read(row, 1)];
    equal &&= a.every((value, at) => value === b[at]);
    if (alike ? !equal : cosine(a, b) < UNRELATED) return false;
    varied ||= a.some((value) => value !== a[0]);
  }
  return varied && equal ? true : undefined;
}

/** NaN for rows of zeros, which say nothing. */
function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array): number =>
    x.reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
