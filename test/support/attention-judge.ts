import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { AttentionStatistics } from '../../src/core/types.js';
import { openDelivery } from '../../src/io/files.js';
import { checkedAttention } from '../../src/sources/attention-claims.js';
import { attentionPlan } from '../../src/sources/attention-plan.js';
import { readModelConfig } from '../../src/sources/model-config.js';
import { OpenedGraph } from '../../src/sources/opened-graph.js';
import type { AttentionChild, Feed, RawTensor } from './attention-child.js';
import { distanceToWeights, referenceOf, type Watched, watchedLayers, weightsOf } from './attention-truth.js';
import { assemble } from './exports.js';
import { parseFields, parseModel } from './onnx-edit.js';

export interface Base {
  readonly name: string;
  readonly folder: string;
  readonly bytes: Uint8Array;
  readonly watched: readonly Watched[];
  /** Bits and shares that rounding may move a statistic by. */
  readonly tolerance: number;
}

export function baseOf(name: string, into: string, tolerance = 1e-3): Base {
  const folder = assemble(name, into, 'attention');
  const bytes = readFileSync(
    join(folder, 'onnx', name === 'merged' ? 'decoder_model_merged.onnx' : 'model.onnx'),
  );
  return { name, folder, bytes, watched: watchedLayers(parseModel(bytes)), tolerance };
}

export interface Verdict {
  /** `measured`, or the code it was refused with. */
  readonly ending: string;
  /** What is wrong with the numbers. */
  readonly wrong: string | null;
}

let files = 0;

/** Measure one graph as the package does. */
export async function measureGraph(
  child: AttentionChild,
  folder: string,
  bytes: Uint8Array,
  ids: readonly number[],
): Promise<AttentionStatistics | { readonly code: string; readonly message: string }> {
  const path = `onnx/mutant-${files++}.onnx`;
  writeFileSync(join(folder, path), bytes);
  try {
    const delivery = await openDelivery(folder);
    const config = await readModelConfig(delivery);
    const graphs = { decoder: new OpenedGraph(delivery, path, undefined), encoder: undefined };
    const answer = await child.measure(
      {
        ...config,
        model: null,
        attention: await attentionPlan(graphs, config, undefined),
        threads: 1,
        tokenizerPath: null,
      },
      ids,
    );
    return 'error' in answer ? answer.error : checkedAttention(answer.value, config.config);
  } catch (error) {
    return error as { code: string; message: string };
  } finally {
    rmSync(join(folder, path));
  }
}

/** Measure a changed model and hold its numbers against the weights it really multiplies values with. */
export async function judge(
  child: AttentionChild,
  base: Base,
  mutant: Mutant,
  ids: readonly number[],
): Promise<Verdict> {
  const seen = await measureGraph(child, base.folder, mutant.bytes, ids);
  if (!('entropyBits' in seen)) return { ending: seen.code ?? `uncoded: ${seen.message}`, wrong: null };
  const longer = [...ids, 5, 6, 7];
  const short = await layersOf(child, base, mutant, ids);
  const long = await layersOf(child, base, mutant, longer);
  const wrong = problemWith(seen, base, { short, long, tokens: ids.length });
  // A copy may repair what keeps the file itself from loading; then its numbers are those of the intact file.
  if (wrong === null || !short.some((layer) => typeof layer === 'string'))
    return { ending: 'measured', wrong };
  const intact = await measureGraph(child, base.folder, base.bytes, ids);
  const same = 'entropyBits' in intact && isDeepStrictEqual(intact.entropyBits, seen.entropyBits);
  return { ending: 'measured', wrong: same ? null : wrong };
}

type Mutant = { readonly bytes: Uint8Array; readonly watched: readonly Watched[] };
type Layer = { readonly tensor: RawTensor; readonly isScores: boolean };

function problemWith(
  seen: AttentionStatistics,
  base: Base,
  truth: {
    readonly short: readonly (Layer | string)[];
    readonly long: readonly (Layer | string)[];
    readonly tokens: number;
  },
): string | null {
  const { short, long, tokens } = truth;
  const silent = seen.unmeasured.length === 0 && seen.contradictions.length === 0;
  if (seen.sites.length < base.watched.length && silent)
    return `only ${seen.sites.length} layers, and no word why`;
  const problems = seen.entropyBits.map((_, layer) => {
    const found = short.map((each, at) =>
      problemOf(seen, base, layer, { short: each, long: long[at], tokens }),
    );
    if (short.length === seen.sites.length) return found[layer] ?? null;
    return found.includes(null) ? null : found.join(', ');
  });
  const wrong = problems.flatMap((problem, layer) => (problem === null ? [] : [`layer ${layer} ${problem}`]));
  return wrong.length === 0 ? null : wrong.join('; ');
}

function problemOf(
  seen: AttentionStatistics,
  base: Base,
  layer: number,
  truth: {
    readonly short: Layer | string;
    readonly long: Layer | string | undefined;
    readonly tokens: number;
  },
): string | null {
  const { short, long, tokens } = truth;
  if (typeof short === 'string') return `does not run by itself: ${short}`;
  if (typeof long !== 'object') return `does not run on a longer text: ${long}`;
  const { dims } = short.tensor;
  const grown = dims.map((size, axis) => (long.tensor.dims[axis] ?? 0) - size);
  if (grown.slice(-2).join() !== '3,3' || grown.slice(0, -2).some((difference) => difference !== 0))
    return `[${dims}] became [${long.tensor.dims}] with three more tokens`;
  if (dims.at(-1) !== tokens || dims.at(-2) !== tokens) return `is [${dims}]`;
  const weights = weightsOf(short.tensor, short.isScores);
  if (typeof weights === 'string') return weights;
  const off = distanceToWeights(seen, layer, weights);
  return off <= base.tolerance ? null : `is off by ${off}`;
}

/** The weights of every layer that still runs, each on its own where they do not run together. */
async function layersOf(
  child: AttentionChild,
  base: Base,
  mutant: Mutant,
  ids: readonly number[],
): Promise<(Layer | string)[]> {
  const together = await referenceRun(child, base, mutant, ids);
  if (typeof together !== 'string') return together;
  const layers: (Layer | string)[] = [];
  for (const watched of mutant.watched) {
    const alone = await referenceRun(child, base, { ...mutant, watched: [watched] }, ids);
    layers.push(...(typeof alone === 'string' ? [alone] : alone));
  }
  return layers;
}

async function referenceRun(
  child: AttentionChild,
  base: Base,
  mutant: Mutant,
  ids: readonly number[],
): Promise<Layer[] | string> {
  const { bytes, layers } = referenceOf(mutant.bytes, mutant.watched);
  const answer = await child.run(bytes, join(base.folder, 'onnx'), feedsFor(base, ids));
  if ('error' in answer) return answer.error.message;
  return layers.map(({ name, isScores }) => ({ tensor: answer.value[name] as RawTensor, isScores }));
}

/** Feeds of one text from its beginning, for inputs named as Optimum names them. */
export function feedsFor({ bytes }: Base, ids: readonly number[]): Record<string, Feed> {
  const row = (value: (i: number) => number): Feed => ({
    type: 'int64',
    data: ids.map((_, i) => BigInt(value(i))),
    dims: [1, ids.length],
  });
  const feeds: Record<string, Feed> = {
    input_ids: row((i) => ids[i] as number),
    attention_mask: row(() => 1),
    position_ids: row((i) => i),
    use_cache_branch: { type: 'bool', data: [0], dims: [1] },
  };
  const graph = parseModel(bytes).graph;
  for (const { value } of graph.rest.filter(({ number }) => number === 11)) {
    const fields = parseFields(value as Uint8Array);
    const name = Buffer.from(fields[0]?.value as Uint8Array).toString();
    if (name.startsWith('past')) feeds[name] = { type: 'float32', data: [], dims: emptyDims(fields) };
  }
  return feeds;
}

function emptyDims(value: ReturnType<typeof parseFields>): number[] {
  const inner = (fields: typeof value, number: number): typeof value =>
    parseFields(fields.find((field) => field.number === number)?.value as Uint8Array);
  const dims = inner(inner(inner(value, 2), 1), 2).filter(({ number }) => number === 1);
  return dims.map(({ value: dim }, axis) => {
    const [size] = parseFields(dim as Uint8Array);
    return typeof size?.value === 'bigint' ? Number(size.value) : axis === 0 ? 1 : 0;
  });
}
