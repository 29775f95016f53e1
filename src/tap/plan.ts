import { GraphBuilder } from '../formats/onnx/builder.js';
import type { NodeEdit } from '../formats/onnx/rewrite.js';
import type { OnnxNode } from '../formats/onnx/types.js';
import { liveNodes, usersFirst } from './order.js';
import type { Attachment, Site } from './site.js';
import type { GraphSites } from './sites.js';
import { appendStatistics, type StatisticsOptions } from './statistics.js';

/** One layer whose numbers the edited graph returns; strings name outputs. */
export interface TappedSite {
  readonly operator: string;
  /** Query heads that the graph states or shows without being run; 0 when unknown. */
  readonly heads: number;
  /** Keys are expanded from a vector that all heads share (MLA). */
  readonly latent: boolean;
  /** [.., heads, queries, columns]; see `statistics.ts`. */
  readonly table: string;
  /** [heads, heads]: inner products of the heads' maps. */
  readonly products: string | null;
  /** The shape of the layer's scores [.., heads, queries, keys]. */
  readonly shape: string;
  /** The shape of the keys [batch, heads, length, size], or the number of heads an operator declares. */
  readonly keys: string | number | null;
  /** Position of the last token the operator was told of; null for operators that are told none. */
  readonly last: string | null;
  /** Keys a causal query sees at most; null where the table counts them. */
  readonly window: number | null;
  /** Axis of the softmax as the file states it; null for operators that have none. */
  readonly axis: number | null;
}

/** Something that attends, or may, and gives no numbers. */
export interface Refused {
  readonly operator: string;
  readonly reason: string;
}

/** Operator of what is no site of the graph but an output of the export. */
export const DECLARED = 'output';
const INT64 = 7;
const DEAD = 'no output of the model depends on it';

/** What is added to a graph, and to the branches of the If nodes in it. */
export interface GraphPlan {
  readonly builder: GraphBuilder;
  /** Nodes whose first output the builder makes instead. */
  readonly replaced: ReadonlySet<number>;
  readonly changes: ReadonlyMap<number, NodeEdit>;
  /** By position of the If node. */
  readonly branches: ReadonlyMap<number, BranchPlan>;
  /** In the order in which they run. */
  readonly sites: readonly TappedSite[];
  readonly refused: readonly Refused[];
}

export interface BranchPlan {
  readonly byAttribute: ReadonlyMap<string, GraphPlan>;
  /** New outputs of the If node, in the order in which every branch makes them. */
  readonly outputs: readonly string[];
}

export interface PlanContext extends StatisticsOptions {
  /** Start of names that nothing in the model has; another one each time. */
  readonly freshPrefix: () => string;
  /** Inside a graph that is an attribute of a node. */
  readonly nested: boolean;
}

export function planGraph(context: PlanContext, { graph, sites, inside }: GraphSites): GraphPlan {
  const builder = new GraphBuilder(context.freshPrefix());
  const replaced = new Set<number>();
  const changes = new Map<number, NodeEdit>();
  const branches = new Map<number, BranchPlan>();
  const tapped: TappedSite[] = [];
  const refused: Refused[] = [];
  const order = usersFirst(graph);
  const live = liveNodes(graph, order);
  for (const at of order.reverse()) {
    const site = sites.get(at);
    const held = inside.get(at);
    if (!live.has(at)) {
      if (site) refused.push({ operator: site.operator, reason: DEAD });
      continue;
    }
    if (site?.replaced && context.nested) {
      refused.push({ operator: site.operator, reason: 'it cannot be taken apart inside a branch' });
    } else if (site && typeof site.attach === 'function') {
      builder.section();
      const change = (edit: NodeEdit) => changes.set(at, edit);
      const attachment = site.attach({ builder, change, replace: () => replaced.add(at) });
      tapped.push(tapSite(context, builder, site, attachment));
    } else if (site) refused.push(refusal(site));
    if (!held) continue;
    const inner = planInside(context, builder, graph.nodes[at] as OnnxNode, held);
    if (inner.branches) branches.set(at, inner.branches);
    tapped.push(...inner.sites);
    refused.push(...inner.refused);
  }
  return { builder, replaced, changes, branches, sites: tapped, refused };
}

/** Append the statistics of one attachment. */
export function tapSite(
  context: PlanContext,
  builder: GraphBuilder,
  { operator, heads, latent }: Pick<Site, 'operator' | 'heads' | 'latent'>,
  attachment: Attachment,
): TappedSite {
  const { keys, window, axis, last } = attachment;
  return {
    operator,
    heads,
    latent,
    ...appendStatistics(builder, attachment, context),
    keys: typeof keys === 'string' ? builder.node('Shape', [keys]) : keys,
    last: last ? builder.node('Cast', [last], { attributes: { to: INT64 } }) : null,
    window: window ?? null,
    axis: axis ?? null,
  };
}

export const outputsOf = ({ table, products, shape, keys, last }: TappedSite): string[] =>
  [table, products, shape, keys, last].filter((name): name is string => typeof name === 'string');

interface InsidePlan {
  readonly branches?: BranchPlan;
  readonly sites: readonly TappedSite[];
  readonly refused: readonly Refused[];
}

/** The branches of a merged decoder hold the same layers twice; their statistics leave through the If node. */
function planInside(
  context: PlanContext,
  builder: GraphBuilder,
  node: OnnxNode,
  held: ReadonlyMap<string, GraphSites>,
): InsidePlan {
  const byAttribute = sameKeys(
    new Map([...held].map(([name, sites]) => [name, planGraph({ ...context, nested: true }, sites)])),
  );
  const plans = [...byAttribute.values()];
  const [fullest] = [...plans].sort(
    (a, b) => b.sites.length + b.refused.length - a.sites.length - a.refused.length,
  );
  const refused = fullest?.refused ?? [];
  if (!fullest || fullest.sites.length === 0) return { sites: [], refused };
  const shape = ({ sites }: GraphPlan): string =>
    sites
      .map(({ operator, products, keys, last, window, axis }) =>
        [
          operator,
          products === null,
          typeof keys === 'string' ? 'shape' : keys,
          last === null,
          window,
          axis,
        ].join(' '),
      )
      .join();
  const alike = plans.every((plan) => shape(plan) === shape(fullest));
  if (node.opType !== 'If' || !alike) {
    const reason =
      node.opType === 'If' ? 'the branches hold different layers' : `the layer runs inside a ${node.opType}`;
    return {
      sites: [],
      refused: [...refused, ...fullest.sites.map(({ operator }) => ({ operator, reason }))],
    };
  }
  for (const plan of plans) for (const name of plan.sites.flatMap(outputsOf)) plan.builder.output(name);
  const fresh = (name: string | null): string | null => (name === null ? null : builder.name('branch'));
  const sites = fullest.sites.map((site) => ({
    ...site,
    table: builder.name('branch'),
    shape: builder.name('branch'),
    products: fresh(site.products),
    last: fresh(site.last),
    keys: typeof site.keys === 'string' ? fresh(site.keys) : site.keys,
  }));
  return { branches: { byAttribute, outputs: sites.flatMap(outputsOf) }, sites, refused };
}

/**
 * Keys are shown only where every branch shows them: cross attention takes them from the cache in one branch and
 * projects them in the other.
 */
function sameKeys(plans: ReadonlyMap<string, GraphPlan>): Map<string, GraphPlan> {
  const all = [...plans.values()];
  const shown = (at: number): boolean => {
    const found = all.map(({ sites }) => sites[at]?.keys);
    return found.every((keys) => typeof keys === 'string') || new Set(found).size === 1;
  };
  const withKeys = (plan: GraphPlan): GraphPlan => ({
    ...plan,
    sites: plan.sites.map((site, at) => (shown(at) ? site : { ...site, keys: null })),
  });
  return new Map([...plans].map(([name, plan]) => [name, withKeys(plan)]));
}

function refusal({ operator, attach }: Site): Refused {
  return { operator, reason: typeof attach === 'function' ? '' : attach.problem };
}
