import type { AttentionStatistics } from '../../src/core/types.js';
import type { RawTensor } from './attention-child.js';
import {
  type EditableGraph,
  type EditableModel,
  type EditableNode,
  integerAttribute,
  parseModel,
  setAttribute,
  writeModel,
} from './onnx-edit.js';

/** A layer of an unchanged model: the node that weighs values, or the fused operator. */
export interface Watched {
  readonly output: string;
  /** Input that holds the weights; null for a fused operator. */
  readonly weights: number | null;
}

const FUSED = new Set(['GroupQueryAttention', 'MultiHeadAttention', 'Attention']);
/** Operators that pass weights on. */
const PASSED = /^(Reshape|Cast|Dropout|Where|Identity|Unsqueeze)$/;

/** The graph that runs without a cache: the model's own, or the else branch of a merged decoder. */
export function runningGraph({ graph }: EditableModel): EditableGraph {
  const merged = graph.nodes.find(({ op }) => op === 'If');
  return merged?.attributes.find(({ name }) => name === 'else_branch')?.graph ?? graph;
}

/** Layers of a model whose every softmax is attention. */
export function watchedLayers(model: EditableModel): Watched[] {
  const { nodes } = runningGraph(model);
  const users = (value: string): EditableNode[] => nodes.filter(({ inputs }) => inputs.includes(value));
  const isExp = (value: string | undefined): boolean =>
    nodes.some(({ op, outputs }) => op === 'Exp' && outputs[0] === value);
  return nodes.flatMap((node): Watched[] => {
    if (FUSED.has(node.op)) return [{ output: node.outputs[0] ?? '', weights: null }];
    if (node.op !== 'Softmax' && !(node.op === 'Div' && isExp(node.inputs[0]))) return [];
    let value = node.outputs[0] ?? '';
    for (let [user] = users(value); user; [user] = users(value)) {
      if (!PASSED.test(user.op))
        return [{ output: user.outputs[0] ?? '', weights: user.inputs.indexOf(value) }];
      value = user.outputs[0] ?? '';
    }
    return [];
  });
}

export interface Reference {
  readonly bytes: Uint8Array;
  /** Outputs of each watched layer that is still there, in the order of the layers. */
  readonly layers: readonly { readonly name: string; readonly isScores: boolean }[];
}

/** The model with nothing but the weights of its attention layers as outputs. */
export function referenceOf(mutant: Uint8Array, watched: readonly Watched[]): Reference {
  const model = parseModel(mutant);
  const running = runningGraph(model);
  const layers = watched.flatMap(({ output, weights }, at) => {
    const node = running.nodes.find(({ outputs }) => outputs[0] === output);
    if (!node) return [];
    const name = weights === null ? exposeFused(node, `reference.${at}`) : node.inputs[weights];
    return name ? [{ name, isScores: node.op === 'MultiHeadAttention' }] : [];
  });
  const typed = layers.filter(({ isScores }) => isScores).map(({ name }) => name);
  return {
    bytes: onlyOutputs(
      model,
      running,
      layers.map(({ name }) => name),
      typed,
    ),
    layers,
  };
}

function exposeFused(node: EditableNode, fresh: string): string {
  const outputs = Array.from({ length: 4 }, (_, i) => node.outputs[i] ?? '');
  outputs[3] ||= fresh;
  node.outputs = outputs;
  if (node.op === 'GroupQueryAttention') setAttribute(node, integerAttribute('qk_output', 2));
  if (node.op === 'Attention') setAttribute(node, integerAttribute('qk_matmul_output_mode', 3));
  return outputs[3];
}

function onlyOutputs(
  model: EditableModel,
  running: EditableGraph,
  names: readonly string[],
  typed: readonly string[],
): Uint8Array {
  const inner = running === model.graph ? [] : running.initializers;
  const graph = { ...model.graph, initializers: [...model.graph.initializers, ...inner] };
  graph.nodes = reachable(running.nodes, names);
  const read = new Set([...names, ...graph.nodes.flatMap(({ inputs }) => inputs)]);
  graph.initializers = graph.initializers.filter(({ name }) => read.has(name));
  const floatType = { number: 2, wire: 2, value: Uint8Array.of(10, 2, 8, 1) };
  graph.outputs = [...new Set(names)].map((name) => ({
    name,
    fields: typed.includes(name) ? [floatType] : [],
  }));
  return writeModel({ ...model, graph });
}

function reachable(nodes: readonly EditableNode[], names: readonly string[]): EditableNode[] {
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const kept = new Set<EditableNode>();
  const queue = [...names];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const node = makers.get(name);
    if (name === '' || !node || kept.has(node)) continue;
    kept.add(node);
    queue.push(...node.inputs);
  }
  return nodes.filter((node) => kept.has(node));
}

/** Weights as [head][query][key] in double precision, or why they are not those of one text. */
export function weightsOf(tensor: RawTensor, isScores: boolean): number[][][] | string {
  const { dims } = tensor;
  if (dims.length < 3 || dims.length > 5) return `${dims.length} dimensions`;
  if (dims.length > 3 && dims[0] !== 1) return `a batch of ${dims[0]}`;
  const [queries = 0, keys = 0] = dims.slice(-2);
  const data = Array.from(tensor.data, (value) => realOf(Number(value), tensor.type));
  const heads = data.length / (queries * keys);
  return Array.from({ length: heads }, (_, head) =>
    Array.from({ length: queries }, (_, query) => {
      const at = (head * queries + query) * keys;
      const row = data.slice(at, at + keys);
      return isScores ? softmax(row) : row;
    }),
  );
}

function softmax(row: readonly number[]): number[] {
  const top = Math.max(...row);
  const powers = row.map((score) => Math.exp(score - top));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

/** A number, or the bits of a half. */
function realOf(value: number, type: string): number {
  if (type !== 'float16') return value;
  const [exponent, fraction] = [(value >> 10) & 31, value & 1023];
  const size = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15);
  return value & 0x8000 ? -size : size;
}

/** Which queries a mean is over: all of them, or those that may see a second key. */
const SUBSETS: readonly ((query: number, row: readonly number[]) => boolean)[] = [
  () => true,
  (query) => query > 0,
  (_, row) => row.filter((weight) => weight > 0).length > 1,
];

/** Largest difference of a reported layer from its weights, for the set of queries that fits best. */
export function distanceToWeights(
  seen: AttentionStatistics,
  layer: number,
  weights: readonly (readonly (readonly number[])[])[],
): number {
  if (weights.length !== seen.entropyBits[layer]?.length) return Number.POSITIVE_INFINITY;
  const distances = SUBSETS.map((counted) =>
    weights.reduce((worst, rows, head) => Math.max(worst, headDistance(seen, layer, head, rows, counted)), 0),
  );
  return Math.min(...distances.map((value) => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : value)));
}

function headDistance(
  seen: AttentionStatistics,
  layer: number,
  head: number,
  rows: readonly (readonly number[])[],
  counted: (query: number, row: readonly number[]) => boolean,
): number {
  const queries = rows.map((row, query) => ({ row, query })).filter(({ row, query }) => counted(query, row));
  const mean = (of: (row: readonly number[], query: number) => number): number =>
    queries.reduce((sum, { row, query }) => sum + of(row, query), 0) / queries.length;
  const entropy = (row: readonly number[]): number =>
    row.reduce((bits, weight) => (weight > 0 ? bits - weight * Math.log2(weight) : bits), 0);
  const reported = (name: 'entropyBits' | 'firstTokenMass' | 'maxWeight' | 'meanDistance'): number =>
    seen[name][layer]?.[head] ?? Number.NaN;
  const position = (row: readonly number[]): number =>
    row.reduce((sum, weight, key) => sum + weight * key, 0);
  return Math.max(
    Math.abs(reported('entropyBits') - mean(entropy)),
    Math.abs(reported('firstTokenMass') - mean((row) => row[0] ?? 0)),
    Math.abs(reported('maxWeight') - mean((row) => Math.max(...row))),
    Math.abs(reported('meanDistance') - mean((row, query) => query - position(row))) / rows.length,
  );
}
