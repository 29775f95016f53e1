import type { ModelStructure, Port } from '../core/types.js';
import { dataType } from '../formats/onnx/data-types.js';
import type { OnnxGraph, OnnxModel, OnnxValue } from '../formats/onnx/types.js';
import { indexGraph } from '../tap/graph-index.js';
import { findSites, runningSites } from '../tap/sites.js';
import { findEmbedding, weightTensors } from './onnx-weights.js';

/** The facts an ONNX file shows without being run. */
export function onnxStructure(
  model: OnnxModel,
  config: Readonly<Record<string, unknown>> | null,
): ModelStructure {
  const index = indexGraph(model.graph);
  const weights = new Set(model.graph.initializers.map(({ name }) => name));
  const width = config?.hidden_size ?? config?.n_embd;
  return {
    format: 'onnx',
    inputs: model.graph.inputs.filter(({ name }) => !weights.has(name)).map(port),
    outputs: model.graph.outputs.map(port),
    tensors: weightTensors(index),
    embedding: findEmbedding(index, typeof width === 'number' ? width : undefined),
    fusedAttention: attentionSites(model),
    operators: countOperators(model.graph),
    files: [],
    storedTensors: model.graph.initializers.length,
    index: null,
    findings: [],
    metadata: new Map(),
    config,
  };
}

function countOperators(graph: OnnxGraph): Record<string, number> {
  const operators: Record<string, number> = {};
  const visit = ({ nodes }: OnnxGraph): void => {
    for (const { domain, opType, attributes } of nodes) {
      const name = domain === '' || domain === 'ai.onnx' ? opType : `${domain}.${opType}`;
      operators[name] = (operators[name] ?? 0) + 1;
      for (const { graphs } of attributes.values()) graphs?.forEach(visit);
    }
  };
  visit(graph);
  return operators;
}

function port({ name, elemType, dims }: OnnxValue): Port {
  return {
    name,
    type: dataType(elemType)?.name ?? `type ${elemType}`,
    dims: (dims ?? []).map((dim) => dim ?? '?'),
  };
}

/** Every site that attends; what stands in place of attention is counted among the operators only. */
function attentionSites(model: OnnxModel): ModelStructure['fusedAttention'] {
  return runningSites(findSites(model))
    .filter(({ attends }) => attends)
    .map(({ node, heads, keyValueHeads, headDim }) => ({
      operator: node.opType,
      heads,
      keyValueHeads,
      headDim,
    }));
}
