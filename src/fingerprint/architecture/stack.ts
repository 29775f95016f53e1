import type { Role } from '../../core/types.js';
import { agreed } from './sources.js';
import { expertOf, inputWidth, ofRole, outputWidth, type PlacedTensor } from './tensors.js';

/** What names alone show: of the tensors of the files, or of those an index lists. */
export interface StackFacts {
  readonly layers: number | undefined;
  readonly experts: number | undefined;
  readonly denseLayers: number | undefined;
  readonly predictorLayers: number | undefined;
  readonly qkvBias: boolean | undefined;
  readonly qkNorm: boolean | undefined;
  readonly routerBias: boolean | undefined;
  /** There is an output matrix beside the embedding. */
  readonly head: boolean | undefined;
}

type Placed = Pick<PlacedTensor, 'role' | 'layer' | 'expert' | 'part' | 'name'>;

const NOTHING: StackFacts = {
  layers: undefined,
  experts: undefined,
  denseLayers: undefined,
  predictorLayers: undefined,
  qkvBias: undefined,
  qkNorm: undefined,
  routerBias: undefined,
  head: undefined,
};

/** Facts of a complete list of tensors; a stack with holes says nothing. */
export function stackFacts(tensors: readonly Placed[]): StackFacts {
  const inStack = tensors.filter(({ layer }) => layer !== null);
  const layers = new Set(inStack.map(({ layer }) => layer));
  const whole = layers.size > 0 && [...layers].every((layer) => layer !== null && layer < layers.size);
  if (!whole) return NOTHING;
  const expertLayers = new Set(
    inStack.filter(({ expert, role }) => role !== 'router' && expert !== undefined).map(({ layer }) => layer),
  );
  const attention = inStack.some(({ role }) => ATTENTION.has(role));
  const has = (roles: ReadonlySet<Role>, part: 'weight' | 'bias'): boolean =>
    tensors.some((tensor) => roles.has(tensor.role) && tensor.part === part);
  return {
    layers: layers.size,
    experts: numberedExperts(inStack),
    denseLayers: expertLayers.size > 0 ? layers.size - expertLayers.size : undefined,
    predictorLayers: predictors(tensors),
    qkvBias: attention ? has(ATTENTION, 'bias') : undefined,
    qkNorm: attention ? has(QK_NORM, 'weight') : undefined,
    routerBias: has(ROUTER, 'weight') ? has(ROUTER, 'bias') : undefined,
    head: has(EMBEDDING, 'weight') ? has(HEAD, 'weight') : undefined,
  };
}

const ATTENTION: ReadonlySet<Role> = new Set<Role>(['query', 'key', 'value', 'query-key-value', 'query-b']);
const QK_NORM: ReadonlySet<Role> = new Set<Role>(['query-norm']);
const ROUTER: ReadonlySet<Role> = new Set<Role>(['router']);
const EMBEDDING: ReadonlySet<Role> = new Set<Role>(['embedding']);
const HEAD: ReadonlySet<Role> = new Set<Role>(['head']);

/** Experts that are tensors of their own, when each layer that has some has the same, without holes. */
function numberedExperts(tensors: readonly Placed[]): number | undefined {
  const byLayer = new Map<number | null, Set<number>>();
  for (const { layer, expert } of tensors) {
    if (typeof expert !== 'number') continue;
    const known = byLayer.get(layer) ?? new Set();
    byLayer.set(layer, known.add(expert));
  }
  const counts = [...byLayer.values()].map((experts) =>
    [...experts].every((expert) => expert < experts.size) ? experts.size : undefined,
  );
  return agreed(counts);
}

/** Layers behind the stack, told apart by their numbers where the names have some. */
function predictors(tensors: readonly Placed[]): number {
  const joining = tensors.filter(
    ({ role, name }) => role === 'predictor' && /eh_proj(\.weight)?$/.test(name),
  );
  return joining.length;
}

/** Experts of stacks and of routers, beside those that have tensors of their own. */
export function stackedExperts(tensors: readonly PlacedTensor[]): number | undefined {
  const stacks = tensors.filter(
    ({ expert, part, dims }) => expert === 'stacked' && part === 'weight' && dims.length === 3,
  );
  const routers = ofRole(tensors, 'router');
  return agreed([...stacks.map(({ dims }) => dims[0]), ...routers.map((router) => outputWidth(router))]);
}

/** Width of feed-forward blocks: dense, of routed experts, or of the shared ones together. */
export function blockWidth(
  tensors: readonly PlacedTensor[],
  expert: 'routed' | 'shared' | undefined,
  hiddenSize: number | undefined,
): number | undefined {
  const down = ofRole(tensors, 'down', expert).map((tensor) =>
    otherWidth(tensor, hiddenSize, inputWidth(tensor)),
  );
  const up = ofRole(tensors, 'up', expert).map((tensor) =>
    otherWidth(tensor, hiddenSize, outputWidth(tensor)),
  );
  return agreed([...down, ...up]);
}

/** Stacks of experts are kept either way round; the side that is not the hidden size is their width. */
function otherWidth(
  tensor: PlacedTensor,
  hiddenSize: number | undefined,
  plain: number | undefined,
): number | undefined {
  if (expertOf(tensor) !== 'routed' || tensor.dims.length !== 3 || hiddenSize === undefined) return plain;
  const [, a, b] = tensor.dims;
  if (a === hiddenSize) return b;
  return b === hiddenSize ? a : undefined;
}
