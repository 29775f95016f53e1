import type { Role } from '../../core/types.js';
import { dot, rowOf, sandwich, symmetric, upperTriangle } from './linear.js';
import { packHalf } from './pack.js';
import type { MatrixReader } from './reader.js';
import { type AnchorSpace, gainsOf, scale } from './space.js';
import type { FrameView } from './types.js';

/** What reads the residual stream for queries and keys: plain, latent (MLA), or fused in a layout nobody knows. */
const READERS: Readonly<Record<FrameView, readonly Role[]>> = {
  query: ['query', 'query-a', 'query-key-value'],
  key: ['key', 'key-value-a'],
};

/**
 * Gram matrices A WᵀW Aᵀ of what attention reads, in the orthonormal frame nearest to the anchors' embeddings:
 * A is the polar factor of the embedding rows, the orthogonal Procrustes solution against the unit vectors, so that two
 * models are aligned without either seeing the other. Rotations of heads, RoPE pairs and whole outputs cancel in WᵀW.
 */
export async function describeAttention(
  reader: MatrixReader,
  layer: number,
  space: AnchorSpace,
): Promise<Partial<Record<FrameView, string>>[]> {
  const gains = await gainsOf(reader, { role: 'attention-norm', layer }, space.gainOffset);
  const reading = Float64Array.from(space.reading);
  scale(reading, gains, space.hidden);
  const out: Partial<Record<FrameView, string>>[] = space.sets.map(() => ({}));
  for (const view of ['query', 'key'] as const) {
    const matrix = await firstOf(reader, READERS[view], layer, space.hidden);
    if (!matrix) continue;
    const grams = space.sets.map(({ framed }) => new Float64Array((framed * (framed + 1)) / 2));
    await reader.eachRow(matrix, (_, values) => addRow(values, reading, space, grams));
    for (const [i, { framed, whitening }] of space.sets.entries()) {
      const gram = sandwich(whitening, symmetric(grams[i] as Float64Array, framed), framed);
      (out[i] as Partial<Record<FrameView, string>>)[view] = packHalf(
        normalised(upperTriangle(gram, framed)),
      );
    }
  }
  return out;
}

async function firstOf(reader: MatrixReader, roles: readonly Role[], layer: number, hidden: number) {
  for (const role of roles) {
    const matrix = await reader.matrix({ role, layer });
    if (matrix?.columns === hidden) return matrix;
  }
  return null;
}

function addRow(
  values: Float32Array,
  reading: Float64Array,
  { sets, hidden }: AnchorSpace,
  grams: readonly Float64Array[],
): void {
  let first = 0;
  for (const [set, { framed, ids }] of sets.entries()) {
    const seen = Array.from({ length: framed }, (_, t) => dot(values, rowOf(reading, first + t, hidden)));
    const gram = grams[set] as Float64Array;
    let at = 0;
    for (let i = 0; i < framed; i++) {
      for (let j = i; j < framed; j++) {
        gram[at] = (gram[at] as number) + (seen[i] as number) * (seen[j] as number);
        at++;
      }
    }
    first += ids.length;
  }
}

/** Largest entry 1, so that binary16 holds all. */
function normalised(values: Float64Array): Float64Array {
  const top = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return top === 0 ? values : values.map((value) => value / top);
}
