import type { OnnxNode } from '../formats/onnx/types.js';
import type { GraphIndex } from './graph-index.js';

/** No honest path between two parts of one attention layer is longer. */
const MAX_VISITED = 96;
/** Edges looked at: a value that everything reads, or an operator that reads everything, is no part of a layer. */
const MAX_EXAMINED = 1024;

/**
 * Breadth-first from values towards the graph's inputs until `found` answers. Goes on through a node where `through`
 * allows it.
 */
export function searchUp<T>(
  index: GraphIndex,
  from: readonly string[],
  found: (node: OnnxNode) => T | undefined,
  through: (node: OnnxNode) => boolean,
): T | undefined {
  const queue = [...from];
  const seen = new Set(queue);
  let examined = 0;
  for (let at = 0; at < queue.length && at < MAX_VISITED; at++) {
    const node = index.makers.get(queue[at] ?? '');
    if (!node) continue;
    const answer = found(node);
    if (answer !== undefined) return answer;
    if (!through(node)) continue;
    for (const input of node.inputs) {
      if (++examined > MAX_EXAMINED) return undefined;
      if (seen.has(input)) continue;
      if (queue.length === MAX_VISITED) break;
      seen.add(input);
      queue.push(input);
    }
  }
  return undefined;
}

/** The same towards the outputs; both also get the value through which a node was reached. */
export function searchDown<T>(
  index: GraphIndex,
  from: string,
  found: (node: OnnxNode, value: string) => T | undefined,
  through: (node: OnnxNode, value: string) => boolean,
): T | undefined {
  const queue = [from];
  const seen = new Set(queue);
  let examined = 0;
  for (let at = 0; at < queue.length && at < MAX_VISITED; at++) {
    const value = queue[at] as string;
    for (const node of index.users.get(value) ?? []) {
      if (++examined > MAX_EXAMINED) return undefined;
      const answer = found(node, value);
      if (answer !== undefined) return answer;
      if (!through(node, value)) continue;
      for (const output of node.outputs) {
        if (seen.has(output)) continue;
        if (queue.length === MAX_VISITED) break;
        seen.add(output);
        queue.push(output);
      }
    }
  }
  return undefined;
}
