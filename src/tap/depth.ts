import type { GraphIndex } from './graph-index.js';

/**
 * How many attention sites lie one after the other behind each value. Undefined where the nodes are not in the order
 * they run in, as one graph of those that run together always is.
 */
export function depthsOf(
  index: GraphIndex,
  attended: ReadonlySet<string>,
): ReadonlyMap<string, number> | undefined {
  const depths = new Map<string, number>();
  for (const { inputs, outputs } of index.nodes) {
    let depth = 0;
    for (const name of inputs) {
      const known = depths.get(name);
      if (known === undefined && index.makers.get(name) !== undefined) return undefined;
      depth = Math.max(depth, known ?? 0);
    }
    for (const name of outputs) depths.set(name, depth + (attended.has(name) ? 1 : 0));
  }
  return depths;
}
