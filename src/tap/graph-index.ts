import type { OnnxGraph, OnnxNode, OnnxTensor } from '../formats/onnx/types.js';

export interface Lookup<T> {
  get(name: string): T | undefined;
}

/** Who makes and who uses each value of some graphs, and the constants among them. */
export interface GraphIndex {
  readonly nodes: readonly OnnxNode[];
  /** Initializers and the tensors of Constant nodes. */
  readonly tensors: readonly OnnxTensor[];
  readonly constants: Lookup<OnnxTensor>;
  readonly makers: Lookup<OnnxNode>;
  readonly users: Lookup<readonly OnnxNode[]>;
}

/** Nodes that only change the representation of a weight on its way to the operator that uses it. */
const TRANSPARENT = new Set(['Cast', 'DequantizeLinear', 'Identity']);
/** Casts and transposes between a stored weight and its operator. */
const MAX_HOPS = 6;

/** Index everything that runs together: a graph with its subgraphs, and of the branches of an If the largest. */
export function indexGraph(graph: OnnxGraph): GraphIndex {
  return indexOf(runningGraphs(graph));
}

/** Index some graphs. A name they do not define is looked up in the graph around them. */
export function indexOf(graphs: readonly OnnxGraph[], outer?: GraphIndex): GraphIndex {
  const nodes = graphs.flatMap((each) => each.nodes);
  const constants = new Map<string, OnnxTensor>();
  const makers = new Map<string, OnnxNode>();
  const users = new Map<string, OnnxNode[]>();
  for (const tensor of graphs.flatMap((each) => each.initializers)) constants.set(tensor.name, tensor);
  for (const node of nodes) {
    const [output] = node.outputs;
    const tensor = node.opType === 'Constant' ? node.attributes.get('value')?.tensor : undefined;
    if (tensor && output) constants.set(output, { ...tensor, name: output });
    for (const name of node.outputs) if (name !== '') makers.set(name, node);
    for (const name of new Set(node.inputs)) {
      if (name === '') continue;
      const known = users.get(name);
      if (known) known.push(node);
      else users.set(name, [node]);
    }
  }
  return {
    nodes,
    tensors: [...constants.values()],
    constants: nested(constants, outer?.constants),
    makers: nested(makers, outer?.makers),
    users,
  };
}

function nested<T>(own: ReadonlyMap<string, T>, outer: Lookup<T> | undefined): Lookup<T> {
  return outer === undefined ? own : { get: (name) => own.get(name) ?? outer.get(name) };
}

function runningGraphs(graph: OnnxGraph): OnnxGraph[] {
  const inner = graph.nodes.flatMap((node) => {
    const graphs = [...node.attributes.values()].flatMap(({ graphs: held }) => held ?? []);
    if (node.opType !== 'If') return graphs.flatMap(runningGraphs);
    const branches = graphs.map(runningGraphs);
    const size = (branch: readonly OnnxGraph[]): number =>
      branch.reduce((sum, each) => sum + each.nodes.length, 0);
    return branches.sort((a, b) => size(b) - size(a))[0] ?? [];
  });
  return [graph, ...inner];
}

/** The stored tensor behind a value, and whether an odd number of transposes lies between. */
export function weightBehind(
  index: GraphIndex,
  name: string | undefined,
): { tensor: OnnxTensor; transposed: boolean } | undefined {
  let current = name;
  let transposed = false;
  for (let hops = 0; current !== undefined && hops < MAX_HOPS; hops++) {
    const tensor = index.constants.get(current);
    if (tensor) return { tensor, transposed };
    const node = index.makers.get(current);
    if (node?.opType === 'Transpose') transposed = !transposed;
    else if (!node || !TRANSPARENT.has(node.opType)) return undefined;
    current = node.inputs[0];
  }
  return undefined;
}

/** Little-endian integers of a small INT64 or INT32 constant; undefined for any other value. */
export function smallIntegers(index: GraphIndex, name: string | undefined): number[] | undefined {
  const tensor = name === undefined ? undefined : index.constants.get(name);
  if (!tensor?.small) return undefined;
  const { buffer, byteOffset, byteLength } = tensor.small;
  const view = new DataView(buffer, byteOffset, byteLength);
  if (tensor.dataType === INT64)
    return Array.from({ length: byteLength / 8 }, (_, i) => Number(view.getBigInt64(8 * i, true)));
  if (tensor.dataType === INT32)
    return Array.from({ length: byteLength / 4 }, (_, i) => view.getInt32(4 * i, true));
  return undefined;
}

const INT32 = 6;
const INT64 = 7;
