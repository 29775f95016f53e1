import type { ModelStructure, WeightsCapability } from '../core/types.js';

/** Rows compared, spread over the vocabulary: two trained matrices that agree in one row to the bit agree in all. */
const ROWS = 32;
/** Two bits a number keep the cosine of a row with the original above 0.9. */
const UNRELATED = 0.5;

/**
 * Whether the output matrix holds the numbers of the embedding, compared to the bit in some rows. Undefined where one
 * of them is missing or empty, and for alike ones that a converter rounded: a copy may round otherwise, and a head
 * trained a little away from the embedding, as that of DeepSeek-R1-Distill-Qwen-1.5B, looks just like that.
 */
export async function headRepeatsEmbedding(
  weights: WeightsCapability,
  { tensors }: ModelStructure,
): Promise<boolean | undefined> {
  const [head, embedding] = [
    await weights.matrix({ role: 'head' }),
    await weights.matrix({ role: 'embedding' }),
  ];
  if (
    head === null ||
    embedding === null ||
    head.rows !== embedding.rows ||
    head.columns !== embedding.columns
  )
    return undefined;
  const types = tensors.filter(({ role }) => role?.role === 'head' || role?.role === 'embedding');
  const rounded = types.some(
    ({ type, quantization }) => quantization !== undefined || type !== types[0]?.type,
  );
  let varied = false;
  const step = Math.max(1, Math.floor(head.rows / ROWS));
  for (let row = 0; row < head.rows; row += step) {
    const [a, b] = [await head.read(row, 1), await embedding.read(row, 1)];
    if (a.some((value, at) => value !== b[at]))
      return rounded && !(cosine(a, b) < UNRELATED) ? undefined : false;
    varied ||= a.some((value) => value !== a[0]);
  }
  return varied || undefined;
}

/** NaN for rows of zeros, which say nothing. */
function cosine(a: Float32Array, b: Float32Array): number {
  const dot = (x: Float32Array, y: Float32Array): number =>
    x.reduce((sum, value, index) => sum + value * (y[index] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
