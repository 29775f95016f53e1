import type { ModelStructure, Role, TensorRole } from '../../core/types.js';
import { rolesOf } from '../../weights/roles.js';

/** A tensor of the stack or beside it, with what it does. */
export interface PlacedTensor extends Pick<TensorRole, 'role' | 'layer' | 'part'> {
  readonly name: string;
  readonly dims: readonly number[];
  readonly expert: TensorRole['expert'] | undefined;
  readonly transposed: boolean;
}

const NOWHERE: TensorRole = { role: 'other', layer: null, part: 'weight' };

/** Tensors with a role, in the order of the files; roles are read from the names where nobody knew better. */
export function placedTensors({ tensors }: Pick<ModelStructure, 'tensors'>): readonly PlacedTensor[] {
  const named = tensors.some(({ role }) => role !== undefined) ? undefined : rolesOf(tensors);
  return tensors.map(({ name, dims, role: known }, index) => {
    const { role, layer, part, expert, transposed = false } = known ?? named?.[index] ?? NOWHERE;
    return { name, dims, role, layer, part, expert, transposed };
  });
}

/** Weights of a role inside the stack, of dense layers or of the given kind of expert. */
export function ofRole(
  tensors: readonly PlacedTensor[],
  role: Role,
  expert?: 'routed' | 'shared',
): readonly PlacedTensor[] {
  return tensors.filter(
    (tensor) => tensor.role === role && tensor.part === 'weight' && expertOf(tensor) === expert,
  );
}

export function expertOf({ expert }: PlacedTensor): 'routed' | 'shared' | undefined {
  if (expert === undefined) return undefined;
  return expert === 'shared' ? 'shared' : 'routed';
}

/** Rows of the matrix as the model multiplies with it. */
export function outputWidth({ dims, transposed }: PlacedTensor): number | undefined {
  return dims.length < 2 ? undefined : dims.at(transposed ? -1 : -2);
}

export function inputWidth({ dims, transposed }: PlacedTensor): number | undefined {
  return dims.length < 2 ? undefined : dims.at(transposed ? -2 : -1);
}
