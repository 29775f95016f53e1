import type { Role, TensorRole } from '../core/types.js';
import type { OnnxModel } from '../formats/onnx/types.js';
import type { GraphIndex } from '../tap/graph-index.js';
import { type Layer, type Stack, stackOf } from '../tap/layers.js';
import type { Product } from '../tap/products.js';
import type { LogicalTensor } from '../weights/types.js';
import { tokenTables } from './onnx-weights.js';

/** Roles of stored matrices, by name of the tensor, from what the graph does with them. */
export function rolesInGraph(model: OnnxModel, index: GraphIndex): ReadonlyMap<string, TensorRole> {
  const stack = stackOf(model, index);
  if (!stack) return new Map();
  const roles = new Map<string, TensorRole | null>();
  // A matrix in two places has no place of its own.
  const give = (name: string, role: TensorRole): void => {
    roles.set(name, roles.has(name) ? null : role);
  };
  for (const [at, layer] of stack.layers.entries())
    for (const [role, product] of layer ? inLayer(layer) : [])
      give(product.tensor.name, roleAt(role, at, product));
  const outside = outsideLayers(index, stack);
  for (const [name, role] of outside) give(name, role);
  return new Map([...roles].filter((entry): entry is [string, TensorRole] => entry[1] !== null));
}

function roleAt(role: Role, layer: number | null, { transposed }: Product): TensorRole {
  return { role, layer, part: 'weight', ...(transposed ? { transposed } : {}) };
}

function inLayer({ attention, mlp }: Layer): [Role, Product][] {
  const { query, key, value, output } = attention;
  const projections: [Role, Product][] =
    query === key
      ? [['query-key-value', query]]
      : [
          ['query', query],
          ['key', key],
          ['value', value],
        ];
  return [
    ...projections,
    ['output', output],
    ...(mlp.gate ? [['gate', mlp.gate] as [Role, Product]] : []),
    [mlp.up.rows === mlp.down.columns ? 'up' : 'gate-up', mlp.up],
    ['down', mlp.down],
  ];
}

/** The table that tokens are looked up in, and the one matrix after all layers that is as tall. */
function outsideLayers(index: GraphIndex, { hidden, last }: Stack): [string, TensorRole][] {
  const [table, ...others] = tokenTables(index);
  if (!table || others.some(({ tensor }) => tensor !== table.tensor) || table.dims[1] !== hidden) return [];
  const roles: [string, TensorRole][] = [
    [
      table.tensor.name,
      {
        role: 'embedding',
        layer: null,
        part: 'weight',
        ...(table.transposed ? { transposed: true } : {}),
      },
    ],
  ];
  const tall = last.filter(({ rows, columns }) => columns === hidden && rows === table.dims[0]);
  const [head] = tall;
  if (head && tall.length === 1 && head.tensor.name !== table.tensor.name)
    roles.push([head.tensor.name, roleAt('head', null, head)]);
  return roles;
}

/** Roles that names do not tell, where the graph tells the same as the names that do. */
export function withRolesInGraph(
  tensors: readonly LogicalTensor[],
  inGraph: ReadonlyMap<string, TensorRole>,
): LogicalTensor[] {
  const taken = new Set<string>();
  for (const { name, role } of tensors) {
    if (!role || role.role === 'other' || role.part !== 'weight') continue;
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

const placeOf = ({ role, layer }: TensorRole): string => `${role} ${layer}`;
