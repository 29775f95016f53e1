import type { GraphEdit, NodeEdit } from '../formats/onnx/rewrite.js';
import type { OnnxGraph, OnnxNode } from '../formats/onnx/types.js';
import { innerReads, usersFirst } from './order.js';
import type { BranchPlan, GraphPlan } from './plan.js';

interface Pruned {
  readonly edit: GraphEdit;
  /** Every value the kept nodes read, of this graph or of one around it. */
  readonly reads: ReadonlySet<string>;
}

/**
 * The edit that carries out a plan and leaves out everything that neither it nor the `kept` outputs need.
 * ONNX Runtime executes nodes whose results nobody asks for, so a graph that is to compute less must hold less.
 */
export function pruneGraph(graph: OnnxGraph, plan: GraphPlan, kept: readonly string[]): Pruned {
  const needed = new Set([...kept, ...plan.builder.needs]);
  const drop = new Set<number>();
  const changes = new Map(plan.changes);
  for (const at of usersFirst(graph)) {
    const node = graph.nodes[at] as OnnxNode;
    const branches = plan.branches.get(at);
    const asked =
      plan.branches.has(at) || plan.changes.has(at) || node.outputs.some((name) => needed.has(name));
    if (plan.replaced.has(at) || !asked) {
      drop.add(at);
      continue;
    }
    for (const name of node.inputs) if (name !== '') needed.add(name);
    if (branches) changes.set(at, pruneBranches(node, branches, needed));
    else for (const name of innerReads(node)) if (name !== '') needed.add(name);
  }
  const names = graph.initializers.map(({ name }) => name);
  return {
    edit: {
      drop,
      nodes: changes,
      initializers: new Set(names.filter((name) => needed.has(name))),
      outputs: new Set(kept),
      append: plan.builder.bytes,
    },
    reads: needed,
  };
}

/** The branches of an If keep the outputs somebody still reads, followed by the new ones. */
function pruneBranches(node: OnnxNode, { byAttribute, outputs }: BranchPlan, needed: Set<string>): NodeEdit {
  const still = node.outputs.flatMap((name, i) => (needed.has(name) ? [i] : []));
  const graphs = new Map<string, GraphEdit>();
  for (const [attribute, plan] of byAttribute) {
    const graph = node.attributes.get(attribute)?.graphs?.[0] as OnnxGraph;
    const kept = still.flatMap((i) => graph.outputs[i]?.name ?? []);
    const pruned = pruneGraph(graph, plan, kept);
    graphs.set(attribute, pruned.edit);
    for (const name of pruned.reads) needed.add(name);
  }
  return { outputs: [...still.map((i) => node.outputs[i] as string), ...outputs], graphs };
}
