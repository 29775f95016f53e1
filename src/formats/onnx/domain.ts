import type { OnnxGraph } from './types.js';

/** Operators that ONNX Runtime brings along; graph.h of its source lists them. */
const BUILT_IN = new Set([
  '',
  'ai.onnx.ml',
  'ai.onnx.preview',
  'ai.onnx.preview.training',
  'ai.onnx.training',
  'com.microsoft',
  'com.microsoft.dml',
  'com.microsoft.experimental',
  'com.microsoft.nchwc',
  'com.ms.internal.nhwc',
  'org.pytorch.aten',
]);

/** The default domain has two spellings. */
export function canonicalDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

/** Domains of the operators of a graph and of the graphs inside it, as far as no runtime brings them along. */
export function foreignDomains(graph: OnnxGraph, into: Set<string> = new Set()): Set<string> {
  for (const { domain, attributes } of graph.nodes) {
    if (!BUILT_IN.has(domain)) into.add(domain);
    for (const { graphs = [] } of attributes.values())
      for (const inner of graphs) foreignDomains(inner, into);
  }
  return into;
}

export function isBuiltIn(domain: string): boolean {
  return BUILT_IN.has(domain);
}
