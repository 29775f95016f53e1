import type { ModelStructure, Port, WeightTensor } from '../core/types.js';
import { dataType } from '../formats/onnx/data-types.js';
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from '../formats/onnx/types.js';

const HEAD_ATTRIBUTES: Readonly<Record<string, readonly [heads: string, keyValueHeads: string]>> = {
  GroupQueryAttention: ['num_heads', 'kv_num_heads'],
  MultiHeadAttention: ['num_heads', 'num_heads'],
  DecoderMaskedMultiHeadAttention: ['num_heads', 'num_heads'],
  QAttention: ['num_heads', 'num_heads'],
  Attention: ['num_heads', 'num_heads'],
};
/** Nodes that only change the representation of a weight on its way to the operator that uses it. */
const TRANSPARENT = new Set(['Cast', 'DequantizeLinear', 'Transpose', 'Identity']);

/** The facts an ONNX file shows without being run. */
export function onnxStructure(
  model: OnnxModel,
  config: Readonly<Record<string, unknown>> | null,
): ModelStructure {
  const graphs = allGraphs(model.graph);
  const nodes = graphs.flatMap((graph) => graph.nodes);
  const tensors = graphs.flatMap((graph) => graph.initializers);
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const weights = new Set(model.graph.initializers.map(({ name }) => name));
  const operators: Record<string, number> = {};
  for (const node of nodes) {
    const name =
      node.domain === '' || node.domain === 'ai.onnx' ? node.opType : `${node.domain}.${node.opType}`;
    operators[name] = (operators[name] ?? 0) + 1;
  }
  return {
    format: 'onnx',
    inputs: model.graph.inputs.filter(({ name }) => !weights.has(name)).map(port),
    outputs: model.graph.outputs.map(port),
    tensors: weightTensors(nodes, tensors),
    embedding: findEmbedding(nodes, byName),
    fusedAttention: nodes.flatMap(fusedHeads),
    operators,
    config,
  };
}

function allGraphs(graph: OnnxGraph): OnnxGraph[] {
  const inner = graph.nodes.flatMap((node) =>
    [...node.attributes.values()].flatMap(({ graphs }) => graphs ?? []),
  );
  return [graph, ...inner.flatMap(allGraphs)];
}

function port({ name, elemType, dims }: OnnxValue): Port {
  return {
    name,
    type: dataType(elemType)?.name ?? `type ${elemType}`,
    dims: (dims ?? []).map((dim) => dim ?? '?'),
  };
}

function weightTensors(nodes: readonly OnnxNode[], tensors: readonly OnnxTensor[]): WeightTensor[] {
  const packed = new Map<string, { dims: readonly number[]; bits: number }>();
  for (const node of nodes) {
    const [rows, columns] = [node.attributes.get('N')?.int, node.attributes.get('K')?.int];
    const weight = node.inputs[1];
    if (node.opType !== 'MatMulNBits' || weight === undefined || !rows || !columns) continue;
    packed.set(weight, { dims: [rows, columns], bits: node.attributes.get('bits')?.int ?? 4 });
  }
  return tensors.map((tensor) => {
    const type = dataType(tensor.dataType);
    const logical = packed.get(tensor.name);
    return {
      name: tensor.name,
      dims: logical?.dims ?? tensor.dims,
      type: logical ? `INT${logical.bits}` : (type?.name ?? `type ${tensor.dataType}`),
      bits: logical?.bits ?? type?.bits ?? 0,
    };
  });
}

/** The largest two-dimensional weight that a Gather reads rows from: position tables are shorter. */
function findEmbedding(
  nodes: readonly OnnxNode[],
  byName: ReadonlyMap<string, OnnxTensor>,
): [number, number] | null {
  const maker = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  let best: [number, number] | null = null;
  for (const node of nodes) {
    if (node.opType !== 'Gather' && node.opType !== 'GatherBlockQuantized') continue;
    const dims = weightBehind(node.inputs[0], maker, byName)?.dims;
    const [rows, columns] = dims ?? [];
    if (dims?.length === 2 && rows && columns && rows > (best?.[0] ?? 0)) best = [rows, columns];
  }
  return best;
}

function weightBehind(
  name: string | undefined,
  maker: ReadonlyMap<string, OnnxNode>,
  byName: ReadonlyMap<string, OnnxTensor>,
): OnnxTensor | undefined {
  let current = name;
  for (let hops = 0; current !== undefined && hops < 4; hops++) {
    const tensor = byName.get(current);
    if (tensor) return tensor;
    const node = maker.get(current);
    if (!node || !TRANSPARENT.has(node.opType)) return undefined;
    current = node.inputs[0];
  }
  return undefined;
}

function fusedHeads(node: OnnxNode): { operator: string; heads: number; keyValueHeads: number }[] {
  const names = HEAD_ATTRIBUTES[node.opType];
  if (!names) return [];
  const onnx = node.domain === '' || node.domain === 'ai.onnx';
  const heads = node.attributes.get(onnx ? 'q_num_heads' : names[0])?.int;
  const keyValueHeads = node.attributes.get(onnx ? 'kv_num_heads' : names[1])?.int;
  return heads && keyValueHeads ? [{ operator: node.opType, heads, keyValueHeads }] : [];
}
