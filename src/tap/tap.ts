import { AssayError } from '../core/errors.js';
import type { GraphEdit } from '../formats/onnx/rewrite.js';
import type { OnnxGraph, OnnxModel } from '../formats/onnx/types.js';
import {
  DECLARED,
  type GraphPlan,
  outputsOf,
  type PlanContext,
  planGraph,
  type Refused,
  type TappedSite,
  tapSite,
} from './plan.js';
import { pruneGraph } from './prune.js';
import { findSites, type GraphSites } from './sites.js';

/** Range and Gather along negative axes need it. */
const OLDEST_OPSET = 11;
/** Each takes some kilobytes of added graph. The deepest published models have 126 layers, or twice that when merged. */
const MAX_SITES = 2048;
/** Imported by models that use operators of other domains only. */
const OWN_OPSET = 17;

export interface TapOptions {
  /** Outputs of the model to compute as well; everything that neither they nor attention need is left out. */
  readonly keep?: readonly string[];
  /** Also compare the heads of each layer with one another. */
  readonly similarity?: boolean;
  /** Outputs that hold attention probabilities, asked where the graph shows no attention itself. */
  readonly declared?: readonly string[];
  /** The model takes a fixed number of tokens: an added input says how many of them are real. */
  readonly padded?: boolean;
}

export interface TapPlan {
  readonly edit: GraphEdit;
  /** Operator sets the edited model has to import besides its own. */
  readonly opsets: Readonly<Record<string, number>>;
  /** In the order in which they run. */
  readonly sites: readonly TappedSite[];
  readonly refused: readonly Refused[];
  /** Input that takes the number of real tokens, twice; null where none are padded. */
  readonly queries: string | null;
}

/** Plan the edit of a model that makes its attention statistics outputs. Nothing is read or written. */
export function planTap(model: OnnxModel, options: TapOptions = {}): TapPlan {
  const { graph, opsets } = model;
  const opset = opsets.get('') ?? OWN_OPSET;
  const prefix = unusedPrefix(graph);
  let graphs = 0;
  const context: PlanContext = {
    opset,
    similarity: options.similarity ?? false,
    queries: options.padded ? `${prefix}queries` : undefined,
    nested: false,
    freshPrefix: () => `${prefix}${graphs++}.`,
  };
  const found = findSites(model);
  bounded(found);
  const plan = planGraph(context, found);
  const sites = opset < OLDEST_OPSET ? [] : tappedOrDeclared(context, plan, options.declared ?? []);
  for (const name of sites.flatMap(outputsOf)) plan.builder.output(name);
  if (context.queries !== undefined) plan.builder.input(context.queries, [2]);
  return {
    edit: pruneGraph(graph, plan, options.keep ?? []).edit,
    opsets: opsets.has('') ? {} : { '': OWN_OPSET },
    sites,
    queries: context.queries ?? null,
    refused: refusals(model, opset, plan),
  };
}

function bounded(found: GraphSites): void {
  const count = countSites(found);
  if (count <= MAX_SITES) return;
  throw new AssayError(
    'FORMAT_LIMIT',
    `The model shows ${count} attention layers; the limit is ${MAX_SITES}.`,
    { hint: 'No honest export has as many; inspect the file.' },
  );
}

function countSites({ sites, inside }: GraphSites): number {
  const held = [...inside.values()].flatMap((byName) => [...byName.values()]);
  return held.reduce((sum, each) => sum + countSites(each), sites.size);
}

/** Where the graph shows no attention, its own attention outputs are taken for what they say they are. */
function tappedOrDeclared(
  context: PlanContext,
  { builder, sites }: GraphPlan,
  declared: readonly string[],
): readonly TappedSite[] {
  if (sites.length > 0) return sites;
  const site = { operator: DECLARED, heads: 0, latent: false };
  return declared.map((probabilities) => tapSite(context, builder, site, { probabilities, keys: null }));
}

/** What the library knows the operators of; others are those of the model's own functions. */
const KNOWN_DOMAINS = /^($|ai\.onnx\.|com\.microsoft)/;

function refusals(
  { functions, graph }: OnnxModel,
  opset: number,
  { sites, refused }: GraphPlan,
): readonly Refused[] {
  const own = graph.nodes.filter(({ domain }) => !KNOWN_DOMAINS.test(domain));
  const inFunctions = (functions > 0 ? own : []).map(({ domain, opType }) => ({
    operator: `${domain}.${opType}`,
    reason: 'the bodies of model-local functions are not read',
  }));
  if (opset >= OLDEST_OPSET) return [...inFunctions, ...refused];
  const reason = `the model uses operator set ${opset}; statistics need ${OLDEST_OPSET} or later`;
  return [...inFunctions, ...refused, ...sites.map(({ operator }) => ({ operator, reason }))];
}

/** Start of names that nothing in the model has or reads. */
function unusedPrefix(graph: OnnxGraph): string {
  const taken = new Set(valueNames(graph).map((name) => /^assay(\d*)\./.exec(name)?.[1]));
  let number = 0;
  while (taken.has(number === 0 ? '' : String(number))) number++;
  return `assay${number === 0 ? '' : number}.`;
}

function valueNames(graph: OnnxGraph): string[] {
  return [
    ...graph.inputs.map(({ name }) => name),
    ...graph.outputs.map(({ name }) => name),
    ...graph.initializers.map(({ name }) => name),
    ...graph.nodes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]),
    ...innerGraphs(graph).flatMap(valueNames),
  ];
}

function innerGraphs({ nodes }: OnnxGraph): OnnxGraph[] {
  return nodes.flatMap(({ attributes }) => [...attributes.values()].flatMap(({ graphs = [] }) => graphs));
}
