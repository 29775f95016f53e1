import type { OnnxGraph, OnnxModel, OnnxNode } from '../formats/onnx/types.js';
import { type GraphIndex, indexOf } from './graph-index.js';
import { groupedQuerySite } from './grouped-query.js';
import { multiHeadSite } from './multi-head.js';
import { onnxAttentionSite } from './onnx-attention.js';
import { packedSite } from './packed.js';
import type { Site } from './site.js';
import { quotientSite, softmaxSite } from './softmax.js';
import { unsupportedSite } from './unsupported.js';

/** The attention sites of a graph, by the position of their node, and those of the graphs inside it. */
export interface GraphSites {
  readonly graph: OnnxGraph;
  readonly sites: ReadonlyMap<number, Site>;
  /** By position of the node that holds them and name of the attribute. */
  readonly inside: ReadonlyMap<number, ReadonlyMap<string, GraphSites>>;
}

export function findSites(model: OnnxModel): GraphSites {
  return graphSites(model.graph, model.opsets.get('') ?? 0);
}

function graphSites(graph: OnnxGraph, opset: number, outer?: GraphIndex): GraphSites {
  const index = indexOf([graph], outer);
  const sites = new Map<number, Site>();
  const inside = new Map<number, Map<string, GraphSites>>();
  for (const [at, node] of graph.nodes.entries()) {
    const site = siteAt(index, node, opset);
    if (site) sites.set(at, site);
    for (const [name, { graphs = [] }] of node.attributes) {
      const [held] = graphs;
      if (!held) continue;
      const known = inside.get(at) ?? new Map<string, GraphSites>();
      inside.set(at, known.set(name, graphSites(held, opset, index)));
    }
  }
  return { graph, sites, inside };
}

function siteAt(index: GraphIndex, node: OnnxNode, opset: number): Site | undefined {
  return (
    softmaxSite(index, node, opset) ??
    groupedQuerySite(index, node) ??
    multiHeadSite(index, node) ??
    onnxAttentionSite(index, node) ??
    packedSite(index, node) ??
    quotientSite(index, node) ??
    unsupportedSite(node)
  );
}

/** The sites of everything that runs together, in file order; of the branches of an If, those of the fullest. */
export function runningSites({ graph, sites, inside }: GraphSites): Site[] {
  return graph.nodes.flatMap((node, at) => {
    const own = sites.get(at);
    const held = [...(inside.get(at)?.values() ?? [])].map(runningSites);
    if (node.opType !== 'If') return [...(own ? [own] : []), ...held.flat()];
    return held.sort((a, b) => b.length - a.length)[0] ?? [];
  });
}

/** Those of some nodes, whatever graph holds them. */
export function sitesAmong({ graph, sites, inside }: GraphSites, nodes: ReadonlySet<OnnxNode>): Site[] {
  return graph.nodes.flatMap((node, at) => {
    const own = sites.get(at);
    const held = [...(inside.get(at)?.values() ?? [])].flatMap((each) => sitesAmong(each, nodes));
    return [...(own && nodes.has(node) ? [own] : []), ...held];
  });
}
