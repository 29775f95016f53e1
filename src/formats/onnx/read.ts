import type { ByteSource } from '../../core/bytes.js';
import { quoted } from '../failure.js';
import { canonicalDomain, foreignDomains, isBuiltIn } from './domain.js';
import { BYTES, type Field } from './field.js';
import { type FunctionDrafts, functionDrafts, readFunction } from './function.js';
import { finishGraph, type GraphDraft, graphDraft, readGraph } from './graph.js';
import { WireReader } from './reader.js';
import { rejectOtherFormats } from './sniff.js';
import type { OnnxGraph, OnnxModel } from './types.js';

interface ModelDraft {
  irVersion: number;
  producer: string;
  producerVersion: string;
  readonly functions: FunctionDrafts;
  readonly opsets: Map<string, number>;
  graph: GraphDraft | undefined;
}

/** Read the structure of an ONNX file. Weights are located, checked against their shapes and skipped. */
export async function readOnnx(
  source: ByteSource,
  options: { readonly signal?: AbortSignal } = {},
): Promise<OnnxModel> {
  await rejectOtherFormats(source);
  const reader = new WireReader(source, options.signal);
  const draft: ModelDraft = {
    irVersion: 0,
    producer: '',
    producerVersion: '',
    functions: functionDrafts(),
    opsets: new Map(),
    graph: undefined,
  };
  await reader.message({ from: 0, to: source.size }, (field) => readMember(reader, field, draft));
  if (draft.graph === undefined)
    throw reader.invalid('ONNX_GRAPH_MISSING', source.size, 'the model ends without a graph');
  const graph = finishGraph(draft.graph);
  return {
    irVersion: draft.irVersion,
    producer: `${draft.producer} ${draft.producerVersion}`.trim(),
    opsets: draft.opsets,
    functions: draft.functions.keys.size,
    customDomains: customDomains(graph, draft.functions),
    graph,
  };
}

/** Domains nobody defines: neither ONNX Runtime nor the functions of the model. */
function customDomains(graph: OnnxGraph, { domains, used }: FunctionDrafts): string[] {
  const found = foreignDomains(graph);
  for (const domain of used) if (!isBuiltIn(domain)) found.add(domain);
  return [...found].filter((domain) => !domains.has(domain)).sort();
}

async function readMember(reader: WireReader, field: Field, draft: ModelDraft): Promise<void> {
  switch (field.number) {
    case 1:
      draft.irVersion = reader.integer(field);
      return;
    case 2:
      draft.producer = await reader.text(field);
      return;
    case 3:
      draft.producerVersion = await reader.text(field);
      return;
    case 7:
      draft.graph ??= graphDraft();
      return readGraph(reader, field, draft.graph);
    case 8:
      return readOpset(reader, field, draft.opsets);
    case 25:
      return readFunction(reader, field, draft.functions);
  }
}

async function readOpset(reader: WireReader, field: Field, into: Map<string, number>): Promise<void> {
  reader.expect(field, BYTES);
  let domain = '';
  let version = 0;
  await reader.message(field, async (part) => {
    if (part.number === 1) domain = canonicalDomain(await reader.text(part));
    else if (part.number === 2) version = reader.integer(part);
  });
  const known = into.get(domain);
  if (known !== undefined && known !== version) {
    throw reader.invalid(
      'ONNX_OPSET_TWICE',
      field.at,
      `domain ${quoted(domain)} is imported at versions ${known} and ${version}`,
    );
  }
  into.set(domain, version);
}
