import { runningGraph, type Watched } from './attention-truth.js';
import { type EditableGraph, type EditableNode, parseModel, writeModel } from './onnx-edit.js';
import { pick, type Random, STRUCTURAL } from './structural-mutations.js';

const HOPS = 14;

/** The attention layers' surroundings, where a change does most harm. */
function zoneOf(graph: EditableGraph, watched: readonly Watched[]): EditableNode[] {
  const zone = new Set<EditableNode>();
  let values = new Set(watched.map(({ output }) => output));
  for (let hop = 0; hop < HOPS; hop++) {
    const makers = graph.nodes.filter(({ outputs }) => outputs.some((name) => values.has(name)));
    for (const node of makers) zone.add(node);
    values = new Set(makers.flatMap(({ inputs }) => inputs.filter((name) => name !== '')));
  }
  return [...zone];
}

/** One seeded structural change, or two. */
export function mutateGraph(
  original: Uint8Array,
  watched: readonly Watched[],
  index: number,
  random: Random,
): { bytes: Uint8Array; change: string; watched: readonly Watched[] } {
  const model = parseModel(original);
  const graph = runningGraph(model);
  const zone = zoneOf(graph, watched);
  const nodes = watched.map(({ output }) => graph.nodes.find(({ outputs }) => outputs[0] === output));
  const target = { model, graph, zone, random };
  const wanted = random() < 0.2 ? 2 : 1;
  const changes: string[] = [];
  for (let at = index; changes.length < wanted; at += 1 + Math.floor(random() * 5)) {
    const done = STRUCTURAL[at % STRUCTURAL.length]?.(target);
    if (done !== undefined) changes.push(done);
  }
  const renamed = watched.map((each, at) => ({ ...each, output: nodes[at]?.outputs[0] ?? each.output }));
  return { bytes: writeModel(model), change: changes.join('; '), watched: renamed };
}

/** One seeded change of a few bytes. */
export function mutateBytes(original: Uint8Array, random: Random): { bytes: Uint8Array; change: string } {
  const at = Math.floor(random() * original.length);
  const kind = pick(random, ['flip', 'flip', 'set', 'truncate', 'remove'] as const);
  const change = `${kind} at ${at}`;
  if (kind === 'truncate') return { bytes: original.slice(0, at), change };
  if (kind === 'remove') {
    const rest = original.subarray(at + 1 + Math.floor(random() * 8));
    return { bytes: Buffer.concat([original.subarray(0, at), rest]), change };
  }
  const bytes = Uint8Array.from(original);
  bytes[at] =
    kind === 'set' ? pick(random, [0, 1, 127, 255]) : (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  return { bytes, change };
}
