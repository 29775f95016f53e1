import type { OnnxGraph, OnnxNode } from '../formats/onnx/types.js';

/** Values that a node and the graphs inside it read, those of the inner graphs included; '' stands for none. */
export function readsOf(node: OnnxNode): string[] {
  return [...node.inputs, ...innerReads(node)].filter((name) => name !== '');
}

/** Values that the graphs inside a node read, their own included. */
export function innerReads(node: OnnxNode): string[] {
  const graphs = [...node.attributes.values()].flatMap(({ graphs: held = [] }) => held);
  return graphs.flatMap(({ nodes, outputs }) => [
    ...outputs.map(({ name }) => name),
    ...nodes.flatMap((inner) => [...inner.inputs, ...innerReads(inner)]),
  ]);
}

/** Positions of the nodes, each before those that make what it reads; ONNX Runtime takes them in any order. */
export function usersFirst(graph: OnnxGraph): number[] {
  const makers = new Map<string, number>();
  for (const [at, { outputs }] of graph.nodes.entries())
    for (const name of outputs) if (name !== '') makers.set(name, at);
  const done = new Uint8Array(graph.nodes.length);
  const makersFirst: number[] = [];
  for (const root of graph.nodes.keys()) {
    const stack = [root];
    while (stack.length > 0) {
      const at = stack.at(-1) as number;
      const node = graph.nodes[at] as OnnxNode;
      if (done[at] === 0) {
        done[at] = 1;
        for (const name of readsOf(node)) {
          const maker = makers.get(name);
          if (maker !== undefined && done[maker] === 0) stack.push(maker);
        }
        continue;
      }
      stack.pop();
      if (done[at] === 1) {
        done[at] = 2;
        makersFirst.push(at);
      }
    }
  }
  return makersFirst.reverse();
}

/** Positions of the nodes that outputs of the graph depend on. */
export function liveNodes(graph: OnnxGraph, order: readonly number[]): ReadonlySet<number> {
  const needed = new Set(graph.outputs.map(({ name }) => name));
  const live = new Set<number>();
  for (const at of order) {
    const node = graph.nodes[at] as OnnxNode;
    if (!node.outputs.some((name) => needed.has(name))) continue;
    live.add(at);
    for (const name of readsOf(node)) needed.add(name);
  }
  return live;
}
