import { seededRng, shuffled } from '../../src/core/rng.js';
import type { MatrixId } from '../../src/core/types.js';
import { edited, type Matrix, matrix, normal, type SyntheticModel } from './synthetic-model.js';

const LINEAR = new Set(['query', 'key', 'value', 'output', 'gate', 'up', 'down']);
const READS = new Set(['query', 'key', 'value', 'gate', 'up', 'router', 'embedding', 'head']);
const WRITES = new Set(['output', 'down']);

/** Rounds to a grid with one scale for every 32 numbers of a row. */
export function rounded(model: SyntheticModel, bits: number): SyntheticModel {
  const top = 2 ** (bits - 1) - 1;
  return edited(model, (m, { role }) => {
    if (!LINEAR.has(role)) return m;
    const values = Float32Array.from(m.values);
    for (let row = 0; row < m.rows; row++) {
      for (let from = 0; from < m.columns; from += 32) {
        const at = row * m.columns + from;
        const block = values.subarray(at, at + Math.min(32, m.columns - from));
        const scale = block.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / top;
        for (const [i, value] of block.entries()) block[i] = Math.round(value / scale) * scale;
      }
    }
    return { ...m, values };
  });
}

/** Adds noise of a share of each matrix's size: normal, or bounded as what a few steps of Adam add. */
export function tuned(
  model: SyntheticModel,
  share: number,
  { seed = 9, bounded = false } = {},
): SyntheticModel {
  const rng = seededRng(seed);
  const noise = (): number => (bounded ? Math.sqrt(3) * (2 * rng() - 1) : normal(rng));
  return edited(model, (m, { role }) => {
    if (!LINEAR.has(role) && role !== 'embedding') return m;
    const size = Math.sqrt(m.values.reduce((sum, value) => sum + value * value, 0) / m.values.length);
    return { ...m, values: m.values.map((value) => value + share * size * noise()) };
  });
}

export function mixed(a: SyntheticModel, b: SyntheticModel, t: number): SyntheticModel {
  const other = [...b.matrices.values()];
  let at = 0;
  return edited(a, (m) => {
    const { values } = other[at++] as Matrix;
    return { ...m, values: m.values.map((value, i) => (1 - t) * value + t * (values[i] ?? 0)) };
  });
}

export function pruned(model: SyntheticModel, share: number): SyntheticModel {
  return edited(model, (m, { role }) => {
    if (!LINEAR.has(role)) return m;
    const limit = [...m.values].map(Math.abs).sort((a, b) => a - b)[Math.floor(share * m.values.length)] ?? 0;
    return { ...m, values: m.values.map((value) => (Math.abs(value) < limit ? 0 : value)) };
  });
}

/** Keeps the first neurons of every MLP. */
export function narrowed(model: SyntheticModel, width: number): SyntheticModel {
  return edited(model, (m, { role }) => {
    if (role === 'gate' || role === 'up') return matrix(width, m.columns, (i) => m.values[i] ?? 0);
    if (role !== 'down') return m;
    return matrix(m.rows, width, (i) => m.values[Math.floor(i / width) * m.columns + (i % width)] ?? 0);
  });
}

/** Neurons of every MLP trade places; with `scale`, factors move between up and down and some signs flip. */
export function neuronsMoved(model: SyntheticModel, { scale = false } = {}): SyntheticModel {
  return edited(model, (m, { role, layer = 0, expert }) => {
    if (role !== 'gate' && role !== 'up' && role !== 'down') return m;
    const width = role === 'down' ? m.columns : m.rows;
    const rng = seededRng(1000 + 17 * layer + (typeof expert === 'number' ? expert : 0));
    const order = shuffled(
      Array.from({ length: width }, (_, i) => i),
      rng,
    );
    const factors = order.map(() => (scale ? (rng() < 0.5 ? -1 : 1) * Math.exp(normal(rng)) : 1));
    const factor = (i: number): number =>
      role === 'gate' ? 1 : role === 'up' ? (factors[i] ?? 1) : 1 / (factors[i] ?? 1);
    return matrix(m.rows, m.columns, (index) => {
      const [row, column] = [Math.floor(index / m.columns), index % m.columns];
      const [i, from] =
        role === 'down'
          ? [column, row * m.columns + (order[column] ?? 0)]
          : [row, (order[row] ?? 0) * m.columns + column];
      return factor(i) * (m.values[from] ?? 0);
    });
  });
}

/** The gain of the norm before a matrix. */
function gainOf(model: SyntheticModel, { role, layer }: MatrixId): Float32Array | undefined {
  const norm = role === 'head' ? 'final-norm' : /gate|up|router/.test(role) ? 'mlp-norm' : 'attention-norm';
  return role === 'embedding' ? undefined : model.matrices.get(`${norm}/${layer ?? ''}//`)?.values;
}

/** Multiplies the gains of RMSNorm into the matrices behind them: other numbers, the same function. */
export function folded(model: SyntheticModel): SyntheticModel {
  return edited(model, (m, id) => {
    if (id.role.endsWith('norm')) return { ...m, values: m.values.map(() => 1) };
    const gain = READS.has(id.role) ? gainOf(model, id) : undefined;
    return { ...m, values: m.values.map((value, i) => value * (gain?.[i % m.columns] ?? 1)) };
  });
}

/** Turns the residual stream by a random rotation after folding the gains of RMSNorm. */
export function rotated(model: SyntheticModel, seed = 3): SyntheticModel {
  const turn = rotation(model.hidden, seed);
  return edited(model, (m, id) => {
    if (id.role.endsWith('norm')) return { ...m, values: m.values.map(() => 1) };
    if (READS.has(id.role)) return times(m, gainOf(model, id), turn);
    return WRITES.has(id.role) ? transpose(times(transpose(m), undefined, turn)) : m;
  });
}

function rotation(n: number, seed: number): Float64Array[] {
  const rng = seededRng(seed);
  const rows: Float64Array[] = [];
  while (rows.length < n) {
    let row = Float64Array.from({ length: n }, () => normal(rng));
    for (const other of rows) {
      const along = row.reduce((sum, value, i) => sum + value * (other[i] ?? 0), 0);
      row = row.map((value, i) => value - along * (other[i] ?? 0));
    }
    const norm = Math.hypot(...row);
    rows.push(row.map((value) => value / norm));
  }
  return rows;
}

/** m · diag(gain) · turn. */
function times(m: Matrix, gain: Float32Array | undefined, turn: readonly Float64Array[]): Matrix {
  const values = new Float32Array(m.values.length);
  for (let row = 0; row < m.rows; row++) {
    const out = new Float64Array(m.columns);
    for (let k = 0; k < m.columns; k++) {
      const value = (m.values[row * m.columns + k] ?? 0) * (gain?.[k] ?? 1);
      const line = turn[k] as Float64Array;
      for (let j = 0; j < m.columns; j++) out[j] = (out[j] ?? 0) + value * (line[j] ?? 0);
    }
    values.set(out, row * m.columns);
  }
  return { ...m, values };
}

function transpose(m: Matrix): Matrix {
  return matrix(m.columns, m.rows, (i) => m.values[(i % m.rows) * m.columns + Math.floor(i / m.rows)] ?? 0);
}

/** Leaves layers out and closes the gap. */
export function without(model: SyntheticModel, layer: number): SyntheticModel {
  const matrices = new Map(
    [...model.matrices].flatMap(([key, value]): [string, Matrix][] => {
      const [role, at = '', ...rest] = key.split('/');
      if (at === '') return [[key, value]];
      if (Number(at) === layer) return [];
      const index = Number(at) > layer ? Number(at) - 1 : Number(at);
      return [[[role, index, ...rest].join('/'), value]];
    }),
  );
  return { ...model, layers: model.layers - 1, matrices };
}
