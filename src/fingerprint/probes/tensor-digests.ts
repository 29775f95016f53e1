import { createHash } from 'node:crypto';
import type { LayoutChange, MatrixId, Probe, WeightsCapability } from '../../core/types.js';
import { digestMatrix, placeOf, type TensorDigest } from '../tensor-digest.js';

/** Numbers digested at most: some 40 s on one core. Of larger models the same part is chosen in every container. */
const MAX_NUMBERS = 4e9;

export interface TensorDigests {
  readonly tensors: readonly TensorDigest[];
  /** Weights left out because the model is larger than the budget, or stored in a way nobody can decode. */
  readonly leftOut: number;
  /** Numbers in matrices that have no place in the model, or share one: what may run in place of the digested ones. */
  readonly unplaced: number;
  readonly undone: readonly LayoutChange[];
}

/** Digests of the numbers of each weight: they survive re-sharding, re-containering and a change of float type. */
const tensorDigests: Probe<TensorDigests> = {
  id: 'tensor-digests',
  version: 1,
  requires: ['weights'],
  reads: 'weights',
  cost: () => ({ requests: 0, tokens: 0 }),
  collect: async ({ weights }, { signal, progress }) => {
    const { ids: unordered, undone, unplaced } = await weights.matrices();
    const ids = inHashOrder(unordered);
    const tensors: TensorDigest[] = [];
    let numbers = 0;
    for (const [done, id] of ids.entries()) {
      const digest = await digested(weights, id, MAX_NUMBERS - numbers, signal);
      if (digest) {
        tensors.push(digest);
        numbers += digest.rows * digest.columns;
      }
      progress(done + 1, ids.length);
    }
    tensors.sort((a, b) => (a.id < b.id ? -1 : 1));
    return { tensors, leftOut: ids.length - tensors.length, unplaced, undone };
  },
};
export default tensorDigests;

async function digested(
  weights: WeightsCapability,
  id: MatrixId,
  budget: number,
  signal: AbortSignal | undefined,
): Promise<TensorDigest | null> {
  const matrix = await weights.matrix(id);
  if (matrix === null || matrix.rows * matrix.columns > budget) return null;
  return digestMatrix(id, matrix, signal);
}

/** An order that no container, name or shard influences, so that a budget cuts all of them alike. */
function inHashOrder(ids: readonly MatrixId[]): MatrixId[] {
  const key = (id: MatrixId): string => createHash('sha256').update(placeOf(id)).digest('hex');
  return ids
    .map((id) => ({ id, key: key(id) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ id }) => id);
}
