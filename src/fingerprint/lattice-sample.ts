import { type Rng, shuffled } from '../core/rng.js';
import type { MatrixId, ModelStructure, Role, WeightMatrix, WeightsCapability } from '../core/types.js';
import { findLattice, type Lattice } from './lattice.js';

/** Matrices that quantizers quantize, by role. */
const ROLES: ReadonlySet<Role> = new Set([
  'query',
  'key',
  'value',
  'query-key-value',
  'output',
  'query-b',
  'key-value-b',
  'gate',
  'up',
  'down',
  'gate-up',
]);
const MATRICES = 12;
/** Numbers read of each, in two runs of rows: 128 kB of BF16. */
const NUMBERS = 2 ** 16;
const RUNS = 2;

export interface LatticeCount extends Lattice {
  readonly matrices: number;
}
/** What sampled matrices that are stored as floats hold. */
export interface LatticeEvidence {
  /** Matrices with enough numbers to tell. */
  readonly judged: number;
  readonly abstained: number;
  /** Grids found, most matrices first; the other judged matrices are on none. */
  readonly grids: readonly LatticeCount[];
  /** Matrices with a NaN or an infinity among the numbers read. */
  readonly nonFinite: number;
  /** Matrices whose numbers are all the same. */
  readonly constant: number;
}

/** Look for grids in a seeded choice of matrices that are stored as floats; reads a few megabytes. */
export async function sampleLattices(
  weights: WeightsCapability,
  structure: ModelStructure,
  { rng, signal }: { readonly rng: Rng; readonly signal: AbortSignal | undefined },
): Promise<LatticeEvidence> {
  const packed = new Set(
    structure.tensors
      .filter(({ quantization, bits }) => quantization || bits < 16)
      .map(({ role }) => keyOf(role ?? {})),
  );
  const { ids } = await weights.matrices();
  const candidates = ids.filter((id) => ROLES.has(id.role) && id.part !== 'bias' && !packed.has(keyOf(id)));
  const grids = new Map<string, LatticeCount>();
  let [judged, abstained, nonFinite, constant] = [0, 0, 0, 0];
  for (const id of shuffled(candidates, rng).slice(0, MATRICES)) {
    signal?.throwIfAborted();
    const matrix = await weights.matrix(id);
    if (!matrix) continue;
    const numbers = await sampleRows(matrix, rng);
    if (!numbers.every(Number.isFinite)) nonFinite++;
    if (numbers.every((value) => value === numbers[0])) constant++;
    const found = findLattice(numbers, matrix.columns);
    if (found.abstained) abstained++;
    else judged++;
    if (found.lattice) count(grids, found.lattice);
  }
  return {
    judged,
    abstained,
    grids: [...grids.values()].sort((a, b) => b.matrices - a.matrices),
    nonFinite,
    constant,
  };
}

function count(grids: Map<string, LatticeCount>, lattice: Lattice): void {
  const key = `${lattice.kind}/${lattice.bits}`;
  grids.set(key, { ...lattice, matrices: (grids.get(key)?.matrices ?? 0) + 1 });
}

function keyOf({
  role,
  layer,
  expert,
}: {
  readonly role?: Role;
  readonly layer?: number | null;
  readonly expert?: MatrixId['expert'] | 'stacked';
}): string {
  return `${role}/${layer ?? ''}/${expert ?? ''}`;
}

async function sampleRows({ rows, columns, read }: WeightMatrix, rng: Rng): Promise<Float32Array> {
  const wanted = Math.max(1, Math.floor(NUMBERS / Math.max(1, columns)));
  if (wanted >= rows) return read(0, rows);
  const run = Math.max(1, Math.floor(wanted / RUNS));
  const out = new Float32Array(RUNS * run * columns);
  for (let i = 0; i < RUNS; i++) {
    const from = Math.floor(rng() * (rows - run + 1));
    out.set(await read(from, run), i * run * columns);
  }
  return out;
}
