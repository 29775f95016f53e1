import { type Borders, type Cone, coneOf, sourceOf } from './cone.js';
import type { GraphIndex } from './graph-index.js';
import type { Product } from './products.js';
import type { SiteFlow } from './site.js';

export interface AttentionBlock {
  /** Value that queries, keys and values are projections of. */
  readonly source: string;
  /** One and the same where they are fused. */
  readonly query: Product;
  readonly key: Product;
  readonly value: Product;
  readonly output: Product;
}

export interface MlpBlock {
  readonly source: string;
  /** Absent where there is none, or where it is one with `up`. */
  readonly gate?: Product;
  readonly up: Product;
  readonly down: Product;
}

/** A transformer layer by what its matrices do. */
export interface Layer {
  readonly attention: AttentionBlock;
  readonly mlp: MlpBlock;
}

export function productsOf(block: AttentionBlock | MlpBlock): Product[] {
  if ('query' in block) return [block.query, block.key, block.value, block.output];
  return [...(block.gate ? [block.gate] : []), block.up, block.down];
}

/** Undefined unless one product of one source each makes queries, keys and values, or one makes all of them. */
export function attentionBlock(
  index: GraphIndex,
  flow: SiteFlow,
  borders: Borders,
  packed: Product | undefined,
  output: Product | undefined,
): AttentionBlock | undefined {
  const projection = (value: string): Product | undefined => packed ?? only(coneOf(index, value, borders));
  const [query, key, value] = [projection(flow.query), projection(flow.key), projection(flow.value)];
  if (!query || !key || !value || !output) return undefined;
  const source = sourceOf(index, query.input);
  if ([key, value].some(({ input }) => sourceOf(index, input) !== source)) return undefined;
  const hidden = query.columns;
  if (output.rows !== hidden) return undefined;
  const fused = query === key && key === value;
  const fits = fused
    ? query.rows > output.columns
    : new Set([query, key, value]).size === 3 && query.rows === output.columns;
  if (!fits || [key, value].some(({ columns }) => columns !== hidden)) return undefined;
  return { source, query, key, value, output };
}

/** The projection of what was attended, if nothing but that goes into a product. */
export function attendedBy(cone: Cone | undefined): string | undefined {
  const [attended, ...rest] = cone?.attended ?? [];
  return cone && rest.length === 0 && cone.products.size === 0 && !cone.open ? attended : undefined;
}

/** The MLP that ends in `down`: all that goes into it comes of one or two products of one source. */
export function mlpBlock(
  index: GraphIndex,
  down: Product,
  cone: Cone | undefined,
  borders: Borders,
): MlpBlock | undefined {
  if (!cone || cone.open || cone.attended.size > 0) return undefined;
  const [first, second, ...rest] = cone.products;
  if (!first || rest.length > 0) return undefined;
  const source = sourceOf(index, first.input);
  const inside = down.columns;
  const width = down.rows;
  const takes = (product: Product, rows: number): boolean =>
    product.columns === width && product.rows === rows && sourceOf(index, product.input) === source;
  if (inside === width) return undefined;
  if (second) {
    if (!takes(first, inside) || !takes(second, inside)) return undefined;
    const gate = gateOf(index, down, borders);
    return gate && { source, gate, up: gate === first ? second : first, down };
  }
  if (!cone.activated) return undefined;
  return takes(first, inside) || takes(first, 2 * inside) ? { source, up: first, down } : undefined;
}

/** Of the two factors that an MLP multiplies, the one that goes through an activation. */
function gateOf(index: GraphIndex, down: Product, borders: Borders): Product | undefined {
  const factors = factorsOf(index, down.input).map((name) => coneOf(index, name, borders));
  if (factors.length !== 2) return undefined;
  const [active, ...others] = factors.filter((cone) => cone?.activated);
  return others.length === 0 && factors.every((cone) => only(cone) !== undefined) ? only(active) : undefined;
}

const MAX_STEPS = 16;

/** What the last product of two computed values before a matrix multiplies. */
function factorsOf(index: GraphIndex, value: string): string[] {
  let current = value;
  for (let step = 0; step < MAX_STEPS; step++) {
    current = sourceOf(index, current);
    const node = index.makers.get(current);
    const computed =
      node?.inputs.filter((name) => name !== '' && index.constants.get(name) === undefined) ?? [];
    if (node?.opType !== 'Mul') return [];
    if (computed.length !== 1) return computed;
    current = computed[0] as string;
  }
  return [];
}

function only(cone: Cone | undefined): Product | undefined {
  const [product, ...rest] = cone?.products ?? [];
  return cone && rest.length === 0 && cone.attended.size === 0 ? product : undefined;
}
