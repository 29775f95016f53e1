import { cacheAxes } from '../../core/cache-axes.js';
import { GraphBuilder } from './builder.js';
import type { GraphEdit, NodeEdit } from './rewrite.js';
import type { OnnxGraph, OnnxModel, OnnxNode, OnnxValue } from './types.js';

/** Ends the names of what is added, after the names of the caches it belongs to. */
export const RECENT = '.assay_recent';

/** Gather along the axes of a shape, and Slice with inputs. */
const OLDEST_OPSET = 11;
const FLOATS: ReadonlySet<number> = new Set([1, 10]);
/** Fused attention: which output continues the cache at which input. */
const FUSED: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  'com.microsoft.GroupQueryAttention': { 3: 1, 4: 2 },
  'com.microsoft.MultiHeadAttention': { 6: 1, 7: 2 },
  '.Attention': { 4: 1, 5: 2 },
};
const TO_THE_END = Number.MAX_SAFE_INTEGER;

interface Cache {
  readonly past: OnnxValue;
  readonly axis: number;
  readonly present: string;
  /** Position of the Concat that appends to the cache; it can take the recent part as one more input. */
  readonly concat: number | undefined;
}

/**
 * Plan the edit that lets a decode step return only what it added to its caches. ONNX Runtime for Node copies every
 * output into fresh memory, so whole caches cost a third of a step at 900 tokens of context. Each cache gets a second
 * input, for the tokens since its first was last replaced, and a second output, that input with the new tokens; logits
 * get an output of their last row. Only copies are added, so no number changes. Null for a graph with other caches.
 */
export function planRecentCache({ graph, opsets }: OnnxModel): GraphEdit | null {
  if ((opsets.get('') ?? 0) < OLDEST_OPSET || graph.nodes.some(hasGraphs) || hasName(graph)) return null;
  const initialized = new Set(graph.initializers.map(({ name }) => name));
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const inputs = graph.inputs.filter(({ name, dims }) => dims?.length === 4 && !initialized.has(name));
  const caches = inputs.map((past) => findCache(graph, past));
  if (caches.length === 0 || !caches.every((cache) => cache !== null && outputs.has(cache.present)))
    return null;
  return editOf(graph, caches as Cache[]);
}

/** Of a long prompt only the last row chooses a token: 900 rows of 50,000 logits are 180 MB. */
const isLogits = ({ name, dims, elemType }: OnnxValue): boolean =>
  /logits$/.test(name) && dims?.length === 3 && FLOATS.has(elemType);

const hasGraphs = ({ attributes }: OnnxNode): boolean =>
  [...attributes.values()].some(({ graphs = [] }) => graphs.length > 0);
const hasName = ({ nodes }: OnnxGraph): boolean =>
  nodes.some(({ inputs, outputs }) => [...inputs, ...outputs].some((name) => name.includes(RECENT)));

function findCache(graph: OnnxGraph, past: OnnxValue): Cache | null {
  const axis = cacheAxes((past.dims ?? []).map((dim) => dim ?? ''))?.length;
  if (axis === undefined || !FLOATS.has(past.elemType)) return null;
  let found: Cache | null = null;
  for (const [at, node] of graph.nodes.entries()) {
    const input = node.inputs.indexOf(past.name);
    if (input === -1 || node.opType === 'Shape') continue;
    const present = node.outputs[continuation(node, input, axis)];
    if (found || !present) return null;
    found = { past, axis, present, concat: node.opType === 'Concat' ? at : undefined };
  }
  return found;
}

/** Index of the output that continues the cache at an input, -1 where none is known to. */
function continuation({ opType, domain, inputs, attributes }: OnnxNode, input: number, axis: number): number {
  if (opType !== 'Concat' || domain !== '') return FUSED[`${domain}.${opType}`]?.[input] ?? -1;
  const along = attributes.get('axis')?.int;
  return inputs.length === 2 && input === 0 && (along === axis || along === axis - 4) ? 0 : -1;
}

function editOf(graph: OnnxGraph, caches: readonly Cache[]): GraphEdit {
  const builder = new GraphBuilder(`${RECENT}.`);
  const nodes = new Map<number, NodeEdit>();
  for (const { past, axis, present, concat } of caches) {
    const recent = `${past.name}${RECENT}`;
    const dims = (past.dims ?? []).map((dim, at) => (at === axis ? 'recent_sequence_length' : dim));
    builder.input(recent, dims, past.elemType);
    let whole: string | undefined;
    for (const [at, node] of graph.nodes.entries()) {
      if (!node.inputs.includes(past.name)) continue;
      if (at === concat) {
        nodes.set(at, { inputs: [past.name, recent, ...node.inputs.slice(1)] });
        continue;
      }
      whole ??= builder.node('Concat', [past.name, recent], { attributes: { axis } });
      const inputs = nodes.get(at)?.inputs ?? node.inputs;
      nodes.set(at, { inputs: inputs.map((name) => (name === past.name ? (whole as string) : name)) });
    }
    const length = builder.node('Gather', [builder.node('Shape', [past.name]), builder.integers(axis)]);
    builder.output(
      builder.node('Slice', [present, length, builder.integers(TO_THE_END), builder.integers(axis)], {
        outputs: [`${present}${RECENT}`],
      }),
    );
  }
  for (const { name } of graph.outputs.filter(isLogits)) {
    const [last, axis] = [builder.integers(-1), builder.integers(1)];
    builder.output(
      builder.node('Slice', [name, last, builder.integers(TO_THE_END), axis], {
        outputs: [`${name}${RECENT}`],
      }),
    );
  }
  return { nodes, append: builder.bytes };
}
