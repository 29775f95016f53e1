import type { Role, TensorRole } from '../core/types.js';
import type { OnnxModel } from '../formats/onnx/types.js';
import { biasOf } from '../tap/bias.js';
import type { Layer } from '../tap/blocks.js';
import { sourceOf } from '../tap/cone.js';
import type { GraphIndex } from '../tap/graph-index.js';
import { type Stack, stackOf } from '../tap/layers.js';
import { normBefore } from '../tap/norms.js';
import type { Product } from '../tap/products.js';
import type { LogicalTensor } from '../weights/types.js';
import { type Table, tablesOf } from './onnx-weights.js';

type Named = readonly [name: string, role: TensorRole];

/**
 * Roles of stored weights, by name of the tensor, from what the graph does with them. Layers are numbered by their order.
 * None for what is not understood, or is used in two places.
 */
export function rolesInGraph(model: OnnxModel, index: GraphIndex): ReadonlyMap<string, TensorRole> {
  const stack = stackOf(model, index);
  if (!stack) return new Map();
  const named = [
    ...stack.layers.flatMap((layer, at) => (layer ? layerRoles(index, layer, at) : [])),
    ...outerRoles(index, stack),
  ];
  const uses = new Map<string, number>();
  for (const [name] of named) uses.set(name, (uses.get(name) ?? 0) + 1);
  return new Map(named.filter(([name]) => uses.get(name) === 1));
}

function layerRoles(index: GraphIndex, { attention, mlp }: Layer, layer: number): Named[] {
  const { query, key, value, output } = attention;
  const projections: [Role, Product][] =
    query === key
      ? [['query-key-value', query]]
      : [
          ['query', query],
          ['key', key],
          ['value', value],
        ];
  const expanding: [Role, Product][] = mlp.gate
    ? [
        ['gate', mlp.gate],
        ['up', mlp.up],
      ]
    : [[mlp.up.rows === mlp.down.columns ? 'up' : 'gate-up', mlp.up]];
  const first = projections.map(([, product]) => product);
  const second = expanding.map(([, product]) => product);
  const norms =
    attention.source === mlp.source
      ? normRoles(index, 'attention-norm', layer, [...first, ...second])
      : [...normRoles(index, 'attention-norm', layer, first), ...normRoles(index, 'mlp-norm', layer, second)];
  const matrices: [Role, Product][] = [...projections, ['output', output], ...expanding, ['down', mlp.down]];
  const biases = matrices.flatMap(([role, product]): Named[] => {
    const bias = biasOf(index, product);
    return bias ? [[bias.name, { role, layer, part: 'bias' }]] : [];
  });
  return [...matrices.map(([role, product]) => productRole(role, layer, product)), ...biases, ...norms];
}

/** Of the norm before products that all read one value. */
function normRoles(
  index: GraphIndex,
  role: Role,
  layer: number | null,
  products: readonly Product[],
): Named[] {
  const [product] = products;
  if (!product) return [];
  const readers = new Set(products.map(({ node }) => node));
  const norm = normBefore(index, sourceOf(index, product.input), product.columns, readers);
  if (!norm) return [];
  const { gain, bias } = norm;
  return [
    [gain.name, { role, layer, part: 'weight' }],
    ...(bias ? [[bias.name, { role, layer, part: 'bias' }] as const] : []),
  ];
}

function productRole(role: Role, layer: number | null, { tensor, transposed }: Product): Named {
  return [tensor.name, { role, layer, part: 'weight', ...(transposed ? { transposed } : {}) }];
}

/** Of the table of tokens, that of positions, and the one matrix after all layers with a row for every token. */
function outerRoles(index: GraphIndex, { hidden, behind }: Stack): Named[] {
  const tables = tablesOf(index);
  const [tokens, ...others] = tables.filter(({ token }) => token);
  if (!tokens || others.some(({ tensor }) => tensor !== tokens.tensor) || tokens.dims[1] !== hidden)
    return [];
  const heads = behind.filter(({ rows, columns }) => columns === hidden && rows === tokens.dims[0]);
  const head = heads.length === 1 ? heads : [];
  return [
    tableRole('embedding', tokens),
    ...positionRoles(index, tables, tokens),
    ...head
      .filter(({ tensor }) => tensor.name !== tokens.tensor.name)
      .map((own) => productRole('head', null, own)),
    // What lies behind the layers besides may have a norm of its own.
    ...(behind.length === 1 ? normRoles(index, 'final-norm', null, head) : []),
  ];
}

/** The one other table of the same width, where its rows are added to those of the tokens. */
function positionRoles(index: GraphIndex, tables: readonly Table[], tokens: Table): Named[] {
  const others = tables.filter(({ tensor, dims }) => tensor !== tokens.tensor && dims[1] === tokens.dims[1]);
  const [positions, ...further] = others;
  if (!positions || further.length > 0) return [];
  const rows = new Set([tokens.output, positions.output]);
  const added = index.nodes.some(
    ({ opType, inputs }) =>
      opType === 'Add' && new Set([...inputs.map((name) => sourceOf(index, name)), ...rows]).size === 2,
  );
  return added ? [tableRole('position-embedding', positions)] : [];
}

function tableRole(role: Role, { tensor, transposed }: Table): Named {
  return [tensor.name, { role, layer: null, part: 'weight', ...(transposed ? { transposed } : {}) }];
}

/** Roles that names do not tell, where the graph tells the same as the names that do. */
export function withRolesInGraph(
  tensors: readonly LogicalTensor[],
  inGraph: ReadonlyMap<string, TensorRole>,
): LogicalTensor[] {
  const taken = new Set<string>();
  for (const { name, role } of tensors) {
    if (!role || role.role === 'other') continue;
    const shown = inGraph.get(name);
    if (shown && placeOf(shown) !== placeOf(role)) return [...tensors];
    taken.add(placeOf(role));
  }
  return tensors.map((tensor) => {
    const shown = inGraph.get(tensor.name);
    const silent = tensor.role === undefined || tensor.role.role === 'other';
    return silent && shown && !taken.has(placeOf(shown)) ? { ...tensor, role: shown } : tensor;
  });
}

const placeOf = ({ role, layer, part }: TensorRole): string => `${role} ${layer} ${part}`;
