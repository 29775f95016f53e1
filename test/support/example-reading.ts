import type { AttentionLayer, AttentionReading } from '../../src/core/types.js';

const grid = (layers: number, heads: number, shift: number): number[][] =>
  Array.from({ length: layers }, (_, layer) =>
    Array.from({ length: heads }, (__, head) => 0.5 + 0.5 * Math.sin(head * 7 + layer * 3 + shift)),
  );

/** A reading of `layers` layers with `heads` heads each; no two grids are equal. */
export function exampleReading(
  layers: number,
  heads: number,
  changes: Partial<AttentionReading> = {},
): AttentionReading {
  const site: AttentionLayer = { kind: 'self', operator: 'Softmax', heads, keyValueHeads: null };
  return {
    schema: 'attention/1',
    tool: { name: 'model-assay', version: '0.1.0' },
    candidate: { kind: 'onnx', label: 'acme' },
    tokens: 24,
    layers,
    headCount: Array.from({ length: layers }, () => heads),
    sites: Array.from({ length: layers }, () => site),
    entropyBits: grid(layers, heads, 0),
    normalizedEntropy: grid(layers, heads, 1),
    firstTokenMass: grid(layers, heads, 2),
    meanDistance: grid(layers, heads, 3),
    maxWeight: grid(layers, heads, 4),
    effectiveKeys: grid(layers, heads, 5),
    headSimilarity: grid(layers, heads, 6),
    unmeasured: [],
    contradictions: [],
    warnings: [],
    ...changes,
  };
}
