import type { ModelStructure, WeightsCapability } from '../core/types.js';

/** Rows compared, spread over the vocabulary: two trained matrices that agree in one row to the bit agree in all. */
const ROWS = 32;

/**
 * Whether the output matrix holds the numbers of the embedding, compared to the bit in some rows. Undefined where one
 * of them is missing or empty, and for unequal ones that a converter rounded: a copy may round otherwise.
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
    if (a.some((value, at) => value !== b[at])) return rounded ? undefined : false;
    varied ||= a.some((value) => value !== a[0]);
  }
  return varied || undefined;
}
