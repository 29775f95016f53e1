import type { OnnxModel, OnnxNode } from '../formats/onnx/types.js';
import {
  type AttentionBlock,
  attendedBy,
  attentionBlock,
  type Layer,
  type MlpBlock,
  mlpBlock,
  productsOf,
} from './blocks.js';
import { type Borders, type Cone, coneOf, sourceOf } from './cone.js';
import { depthsOf } from './depth.js';
import type { GraphIndex } from './graph-index.js';
import { holdsWeights, type Product, productOf } from './products.js';
import type { SiteFlow } from './site.js';
import { findSites, sitesAmong } from './sites.js';

/** The stack of layers of a graph. */
export interface Stack {
  readonly hidden: number;
  /** In order; null where something in a layer is not understood. */
  readonly layers: readonly (Layer | null)[];
  /** Products behind all layers. */
  readonly behind: readonly Product[];
}

interface Found extends Borders {
  readonly flows: readonly SiteFlow[];
  readonly all: readonly Product[];
  readonly depths: ReadonlyMap<string, number>;
}

/**
 * The layers of a model of plain transformer layers: every site attends to what its queries come from, each behind the
 * one before. Null for any other, since what cannot be counted cannot be numbered.
 */
export function stackOf(model: OnnxModel, index: GraphIndex): Stack | null {
  const found = findParts(model, index);
  if (!found) return null;
  const cones = new Map(found.all.map((product) => [product, coneOf(index, product.input, found)]));
  const blocks = attentionBlocks(index, found, cones);
  const [first] = blocks ?? [];
  if (!blocks || !first) return null;
  const hidden = first.query.columns;
  if (blocks.some(({ query }) => query.columns !== hidden)) return null;
  const mlps = found.all.flatMap((product) => mlpBlock(index, product, cones.get(product), found) ?? []);
  const layers = joined(index, found, blocks, mlps);
  const inLayers = new Set(layers.flatMap((layer) => (layer ? productsOf(layer.mlp) : [])));
  const outputs = new Set(blocks.map(({ output }) => output));
  const behind = found.all.filter(
    (product) =>
      found.depths.get(product.input) === blocks.length && !inLayers.has(product) && !outputs.has(product),
  );
  return { hidden, layers, behind };
}

function findParts(model: OnnxModel, index: GraphIndex): Found | undefined {
  const sites = sitesAmong(findSites(model), new Set(index.nodes));
  const flows = sites.flatMap(({ flow }) => flow ?? []);
  if (flows.length === 0 || flows.length !== sites.length) return undefined;
  const attended = new Set(flows.map((flow) => flow.attended));
  const depths = depthsOf(index, attended);
  if (!depths || attended.size !== flows.length) return undefined;
  const all = index.nodes.flatMap((node) => productOf(index, node) ?? []);
  const products = new Map(
    all.filter(({ output }) => !attended.has(output)).map((product) => [product.output, product]),
  );
  return { flows, all, products, attended, depths };
}

type Cones = ReadonlyMap<Product, Cone | undefined>;

/** One for each site, in order; undefined unless all are understood. */
function attentionBlocks(index: GraphIndex, found: Found, cones: Cones): AttentionBlock[] | undefined {
  const outputs = new Map<string, Product | null>();
  for (const product of found.all) {
    const attended = attendedBy(cones.get(product));
    if (attended !== undefined) outputs.set(attended, outputs.has(attended) ? null : product);
  }
  const packed = new Map(found.all.map((product) => [product.output, product]));
  const ordered: AttentionBlock[] = [];
  for (const flow of found.flows) {
    const own = found.attended.has(flow.attended) ? packed.get(flow.attended) : undefined;
    const output = outputs.get(flow.attended) ?? undefined;
    const block = attentionBlock(index, flow, found, own, output);
    const depth = block && found.depths.get(block.source);
    if (!block || ordered[depth ?? 0] !== undefined) return undefined;
    ordered[depth ?? 0] = block;
  }
  return Object.keys(ordered).length === ordered.length ? ordered : undefined;
}

/** Layers of one attention block and one MLP each, behind it or beside it in all of them alike. */
function joined(
  index: GraphIndex,
  found: Found,
  blocks: readonly AttentionBlock[],
  mlps: readonly MlpBlock[],
): (Layer | null)[] {
  const depthOf = (value: string): number => found.depths.get(value) ?? 0;
  const [beside, behind] = [0, blocks.length].map((end) =>
    mlps.some(({ source }) => depthOf(source) === end),
  );
  if (beside === behind) return blocks.map(() => null);
  const shift = behind ? 1 : 0;
  const byDepth = new Map<number, MlpBlock | null>();
  for (const mlp of mlps) {
    const depth = depthOf(mlp.source);
    byDepth.set(depth, byDepth.has(depth) ? null : mlp);
  }
  const layers = blocks.map((attention, at): Layer | null => {
    const mlp = byDepth.get(at + shift);
    return mlp && mlp.down.rows === attention.query.columns ? { attention, mlp } : null;
  });
  const known = new Set<OnnxNode>();
  for (const each of [...blocks, ...layers.flatMap((layer) => layer?.mlp ?? [])])
    for (const { node } of productsOf(each)) known.add(node);
  const strange = strangeInputs(index, found, known);
  const depths = new Set(strange.map(depthOf));
  const sources = new Set(strange.map((input) => sourceOf(index, input)));
  return layers.map((layer, at) => {
    if (!layer || sources.has(layer.mlp.source) || sources.has(layer.attention.source)) return null;
    return at + shift < blocks.length && depths.has(at + shift) ? null : layer;
  });
}

/** What is multiplied in a layer without being understood: by a router, a second MLP, an adapter. */
function strangeInputs(index: GraphIndex, { attended }: Found, known: ReadonlySet<OnnxNode>): string[] {
  return index.nodes.flatMap((node) => {
    // A site's tables of angles are no weights.
    const understood = known.has(node) || attended.has(node.outputs[0] ?? '');
    return !understood && holdsWeights(index, node) ? [node.inputs[0] ?? ''] : [];
  });
}
