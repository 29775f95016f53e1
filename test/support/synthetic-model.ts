import { type Rng, seededRng } from '../../src/core/rng.js';
import type { MatrixId, ModelStructure, Role, WeightsCapability } from '../../src/core/types.js';

/** Row-major [rows, columns]. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** Weights by id, as a candidate would give them; keys are `role/layer/expert/part`. */
export interface SyntheticModel {
  readonly layers: number;
  readonly hidden: number;
  readonly matrices: ReadonlyMap<string, Matrix>;
  readonly vocabulary: readonly string[] | null;
  readonly transposed?: boolean;
}

export interface Shape {
  readonly hidden?: number;
  readonly width?: number;
  readonly layers?: number;
  readonly vocabulary?: number;
  /** Without a gate and with LayerNorm, as GPT-2. */
  readonly plain?: boolean;
  readonly experts?: number;
}

export const keyOf = ({ role, layer, expert, part }: MatrixId): string =>
  `${role}/${layer ?? ''}/${expert ?? ''}/${part === 'bias' ? 'bias' : ''}`;

function idOf(key: string): MatrixId {
  const [role = '', layer = '', expert = '', part = ''] = key.split('/');
  return {
    role: role as Role,
    ...(layer === '' ? {} : { layer: Number(layer) }),
    ...(expert === '' ? {} : { expert: expert === 'shared' ? expert : Number(expert) }),
    ...(part === '' ? {} : { part: 'bias' as const }),
  };
}

export function normal(rng: Rng): number {
  return Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
}

export function matrix(rows: number, columns: number, value: (index: number) => number): Matrix {
  return { rows, columns, values: Float32Array.from({ length: rows * columns }, (_, i) => value(i)) };
}

/** A decoder with normal weights, heavy-tailed neuron norms and uneven gains. */
export function syntheticModel(seed: number, shape: Shape = {}): SyntheticModel {
  const { hidden = 64, width = 120, layers = 3, vocabulary = 300, plain = false, experts = 0 } = shape;
  const rng = seededRng(seed);
  const random = (rows: number, columns: number): Matrix => {
    const strength = Array.from({ length: rows }, () => Math.exp(0.3 * normal(rng)));
    return matrix(rows, columns, (i) => 0.05 * (strength[Math.floor(i / columns)] ?? 1) * normal(rng));
  };
  const gains = (): Matrix => matrix(hidden, 1, () => 1 + 0.3 * rng());
  const matrices = new Map<string, Matrix>();
  const set = (id: MatrixId, value: Matrix): void => void matrices.set(keyOf(id), value);
  set({ role: 'embedding' }, random(vocabulary, hidden));
  set({ role: 'final-norm' }, gains());
  if (plain)
    set(
      { role: 'final-norm', part: 'bias' },
      matrix(hidden, 1, () => 0),
    );
  else set({ role: 'head' }, random(vocabulary, hidden));
  for (let layer = 0; layer < layers; layer++) {
    set({ role: 'attention-norm', layer }, gains());
    set({ role: 'mlp-norm', layer }, gains());
    for (const role of ['query', 'key', 'value', 'output'] as const)
      set({ role, layer }, random(hidden, hidden));
    if (experts > 0) set({ role: 'router', layer }, random(experts, hidden));
    for (const expert of experts > 0 ? Array.from({ length: experts }, (_, e) => e) : [undefined]) {
      const place = { layer, ...(expert === undefined ? {} : { expert }) };
      if (!plain) set({ role: 'gate', ...place }, random(width, hidden));
      set({ role: 'up', ...place }, random(width, hidden));
      set({ role: 'down', ...place }, random(hidden, width));
    }
  }
  return { layers, hidden, matrices, vocabulary: words(vocabulary) };
}

/** Distinct words of four letters, with a space before every second. */
export function words(count: number, first = 0): string[] {
  return Array.from({ length: count }, (_, i) => {
    const letters = [17, 13, 7, 1].map((step) =>
      String.fromCharCode(97 + (Math.floor((i + first) / step) % 26)),
    );
    return `${i % 2 === 0 ? 'Ġ' : ''}${letters.join('')}${String.fromCharCode(97 + ((i + first) % 26))}`;
  }).map((word, i, all) =>
    all.indexOf(word) === i ? word : `${word}q${String.fromCharCode(97 + (i % 26))}x`,
  );
}

/** Another model: every matrix through `edit`. */
export function edited(
  model: SyntheticModel,
  edit: (matrix: Matrix, id: MatrixId) => Matrix,
): SyntheticModel {
  return {
    ...model,
    matrices: new Map([...model.matrices].map(([key, value]) => [key, edit(value, idOf(key))])),
  };
}

/** The capability a probe is handed. */
export function weightsOf(model: SyntheticModel): WeightsCapability {
  const tensors = [...model.matrices].map(([key, { rows, columns }]) => ({
    name: key,
    dims: [rows, columns],
    type: 'F32',
    bits: 32,
    role: {
      role: idOf(key).role,
      layer: idOf(key).layer ?? null,
      part: 'weight' as const,
      ...(model.transposed ? { transposed: true } : {}),
    },
  }));
  const structure = { format: 'safetensors', tensors, config: null, metadata: new Map() };
  return {
    structure: async () => structure as unknown as ModelStructure,
    matrices: async () => ({ ids: [...model.matrices.keys()].map(idOf), undone: [], unplaced: 0 }),
    matrix: async (id) => {
      const found = model.matrices.get(keyOf(id));
      if (!found) return null;
      const { rows, columns, values } = found;
      return {
        rows,
        columns,
        read: async (from, count) => values.slice(from * columns, (from + count) * columns),
      };
    },
    vocabulary: async () => model.vocabulary,
  };
}
