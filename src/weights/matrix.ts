import type { LayoutChange, MatrixCatalogue, MatrixId, Role, WeightMatrix } from '../core/types.js';
import { joinedKeyValue } from './key-value-b.js';
import { PERMUTED_ARCHITECTURES, ropeInterleaved } from './permutation.js';
import { transposed } from './transposed.js';
import type { LogicalTensor, ReadTensor } from './types.js';

/** What the tensors alone do not say about their layout. */
export interface WeightLayout {
  /** `general.architecture` of a GGUF file; null for other formats. */
  readonly ggufArchitecture: string | null;
  readonly modelType: string | null;
  readonly attentionHeads: number | undefined;
  readonly keyValueHeads: number | undefined;
  readonly headDim: number | undefined;
}

/** Weights of one candidate by what they do. */
export interface WeightIndex {
  readonly catalogue: MatrixCatalogue;
  matrix(id: MatrixId): WeightMatrix | null;
}

/** A family, by GGUF architecture or config.json. */
type Family = string;
/** Keep query, key and value below one another in one tensor; other families interleave them by head. */
const STACKED_QKV = /^(phi-?3|gpt2|chatglm|glm4|nomic-bert|modernbert)/;
/** Keep gate above up in one tensor. */
const STACKED_GATE_UP = /^(phi-?3|chatglm|glm4)/;

const FUSED_IN: Readonly<Partial<Record<Role, Role>>> = {
  query: 'query-key-value',
  key: 'query-key-value',
  value: 'query-key-value',
  gate: 'gate-up',
  up: 'gate-up',
};
const SEPARATE: Readonly<Partial<Record<Role, readonly Role[]>>> = {
  'query-key-value': ['query', 'key', 'value'],
  'gate-up': ['gate', 'up'],
};

/** Find matrices by what they do, whatever tensor holds them. */
export function indexWeights(
  tensors: readonly LogicalTensor[],
  layout: WeightLayout,
  read: ReadTensor,
): WeightIndex {
  const family = layout.ggufArchitecture ?? layout.modelType ?? '';
  const known = new Map<string, LogicalTensor>();
  const ids: MatrixId[] = [];
  const undone = new Set<LayoutChange>();
  let unplaced = 0;
  for (const tensor of tensors) {
    const { role = 'other', layer = null, expert, part } = tensor.role ?? {};
    if (role === 'rotary' || role === 'predictor') continue;
    if (role === 'other') {
      unplaced += numbersInMatrix(tensor);
      continue;
    }
    const place = { ...(layer === null ? {} : { layer }), ...(part === 'bias' ? { part } : {}) };
    const key = keyOf({ role, ...place }, expert);
    // Loaders differ in which of two tensors of one place they take; here the first keeps it.
    if (known.has(key)) {
      unplaced += numbersInMatrix(tensor);
      continue;
    }
    known.set(key, tensor);
    const parts = partsOf(tensor, { role, ...place }, family);
    ids.push(...parts);
    if (tensor.role?.transposed) undone.add('transposition');
    if (expert === 'stacked') undone.add('stacked-experts');
    if (parts.some((id) => id.role !== role)) undone.add('fused');
    if ((role === 'query' || role === 'key') && isPermuted(layout)) undone.add('query-key-permutation');
  }
  const catalogue = { ids, undone: [...undone].sort(), unplaced };
  return { catalogue, matrix: (id) => findMatrix(id, known, { ...layout, family }, read) };
}

/** Vectors and integers (masks, positions) are no weights that could stand in for others. */
function numbersInMatrix({ dims, bits, type, quantization }: LogicalTensor): number {
  const matrix = dims.filter((dim) => dim > 1).length >= 2;
  const weights = quantization !== undefined || /^(F|BF)\d|FLOAT|DOUBLE/.test(type) || bits === 0;
  return matrix && weights ? dims.reduce((product, dim) => product * dim, 1) : 0;
}

function findMatrix(
  id: MatrixId,
  known: ReadonlyMap<string, LogicalTensor>,
  layout: WeightLayout & { readonly family: Family },
  read: ReadTensor,
): WeightMatrix | null {
  const stored = (role: Role): WeightMatrix | null => {
    const own = known.get(keyOf({ ...id, role }, id.expert));
    if (own) return permuted(oriented(own, read), role, layout);
    const stack = known.get(keyOf({ ...id, role }, 'stacked'));
    if (!stack || typeof id.expert !== 'number') return null;
    const [experts = 0] = stack.dims;
    const whole = oriented(stack, read);
    const rows = whole.rows / experts;
    return id.expert < experts ? slice(whole, id.expert * rows, rows) : null;
  };
  const own = stored(id.role);
  if (own) return own;
  if (id.role === 'key-value-b')
    return joinedKeyValue(stored('key-b'), stored('value-b'), layout.attentionHeads);
  const fused = FUSED_IN[id.role];
  const whole = fused ? stored(fused) : null;
  const extent = whole ? extentIn(whole.rows, id.role, layout) : undefined;
  return whole && extent ? slice(whole, extent.from, extent.rows) : null;
}

function keyOf({ role, layer, part }: MatrixId, expert: number | 'shared' | 'stacked' | undefined): string {
  return `${role}/${layer ?? ''}/${part ?? ''}/${expert ?? ''}`;
}

/** Ids that a stored tensor answers: its parts when it is fused or stacked and they can be told apart. */
function partsOf({ role, dims }: LogicalTensor, id: MatrixId, family: Family): MatrixId[] {
  const splits = id.role === 'gate-up' ? STACKED_GATE_UP : STACKED_QKV;
  const parts = splits.test(family) ? (SEPARATE[id.role] ?? [id.role]) : [id.role];
  const expert = role?.expert;
  return parts.flatMap((name): MatrixId[] => {
    if (expert === undefined) return [{ ...id, role: name }];
    if (expert !== 'stacked') return [{ ...id, role: name, expert }];
    return Array.from({ length: dims[0] ?? 0 }, (_, index) => ({ ...id, role: name, expert: index }));
  });
}

/** Rows of a fused projection that are one of its parts; undefined where the family's layout is not known. */
function extentIn(
  rows: number,
  role: Role,
  { family, attentionHeads, keyValueHeads, headDim }: WeightLayout & { readonly family: Family },
): { from: number; rows: number } | undefined {
  if (role === 'gate' || role === 'up') {
    const half = rows / 2;
    return STACKED_GATE_UP.test(family) ? { from: role === 'gate' ? 0 : half, rows: half } : undefined;
  }
  if (!STACKED_QKV.test(family)) return undefined;
  const grouped =
    attentionHeads && keyValueHeads ? attentionHeads / (attentionHeads + 2 * keyValueHeads) : 1 / 3;
  // A configuration may still state the heads that were cut out.
  const cut =
    attentionHeads && keyValueHeads && headDim && (attentionHeads + 2 * keyValueHeads) * headDim !== rows;
  const query = attentionHeads && headDim && !cut ? attentionHeads * headDim : rows * grouped;
  const key = (rows - query) / 2;
  if (!Number.isInteger(key) || key <= 0) return undefined;
  const from = role === 'query' ? 0 : role === 'key' ? query : query + key;
  return { from, rows: role === 'query' ? query : key };
}

/** [out, in], row by row. */
function oriented(tensor: LogicalTensor, read: ReadTensor): WeightMatrix {
  const { dims } = tensor;
  const columns = dims.at(-1) ?? 1;
  const elements = dims.reduce((product, dim) => product * dim, 1);
  if (dims.length < 2) {
    return {
      rows: elements,
      columns: 1,
      read: async (from, count) => (await tensor.decode(read, 0, 1)).slice(from, from + count),
    };
  }
  if (tensor.role?.transposed && dims.length === 2) return transposed(tensor, read);
  return { rows: elements / columns, columns, read: (from, count) => tensor.decode(read, from, count) };
}

function slice(whole: WeightMatrix, first: number, rows: number): WeightMatrix {
  return { rows, columns: whole.columns, read: (from, count) => whole.read(first + from, count) };
}

function isPermuted({ ggufArchitecture }: WeightLayout): boolean {
  return PERMUTED_ARCHITECTURES.has(ggufArchitecture ?? '');
}

function permuted(stored: WeightMatrix, role: Role, layout: WeightLayout): WeightMatrix {
  const { attentionHeads, keyValueHeads } = layout;
  const heads =
    role === 'query' ? attentionHeads : role === 'key' ? (keyValueHeads ?? attentionHeads) : undefined;
  if (heads === undefined || !isPermuted(layout)) return stored;
  const headRows = stored.rows / heads;
  if (!Number.isInteger(headRows) || headRows % 2 !== 0) return stored;
  const { rows, columns } = stored;
  return {
    rows,
    columns,
    read: async (from, count) => {
      // A row comes from its own head, so whole heads around the wanted rows hold all of them.
      const first = from - (from % headRows);
      const last = Math.ceil((from + count) / headRows) * headRows;
      const kept = await stored.read(first, last - first);
      const out = new Float32Array(count * columns);
      for (let row = 0; row < count; row++) {
        const at = (ropeInterleaved(from + row, headRows) - first) * columns;
        out.set(kept.subarray(at, at + columns), row * columns);
      }
      return out;
    },
  };
}
