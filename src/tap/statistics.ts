import { GraphBuilder } from '../formats/onnx/builder.js';
import { APPLIED_COLUMNS, blockColumns, COLUMNS, MASK_GAP } from './columns.js';
import type { Attachment } from './site.js';
import { type Opset, Writer } from './writer.js';

/**
 * Weights of a head that are reduced at a time. Whole maps of a long text do not fit in a processor's cache, so every
 * pass over them would wait for memory; a block of queries does. And of a causal layer, a block only needs the keys up
 * to its end.
 */
const BLOCK = 64 * 1024;
const FLOAT = 1;
const BOOL = 9;

export interface StatisticsOptions extends Opset {
  /** Also give the inner products of the maps of every two heads. */
  readonly similarity: boolean;
  /** Value with the number of real queries and of real keys, where the rest of them is padding. */
  readonly queries?: string | undefined;
}

export interface StatisticsOutputs {
  /** [.., heads, queries, COLUMNS]. */
  readonly table: string;
  /** [heads, heads], when asked for. */
  readonly products: string | null;
  /** Dimensions [.., heads, queries, keys] of what the layer computes. */
  readonly shape: string;
}

/** Append a loop that reduces one site's attention to numbers per head and query, in float32. */
export function appendStatistics(
  builder: GraphBuilder,
  site: Attachment,
  options: StatisticsOptions,
): StatisticsOutputs {
  const w = new Writer(builder, options);
  const shape = w.shape(site.scores ?? site.probabilities ?? '');
  const queries = options.queries === undefined ? w.at(shape, -2) : w.at(options.queries, 0);
  const keys = options.queries === undefined ? w.at(shape, -1) : w.at(options.queries, 1);
  const lead = builder.node('Slice', [shape, builder.integers(0), builder.integers(-2)]);
  const heads = w.reduceProduct(lead);
  const states = [
    w.zeros(
      lead,
      builder.integers(0),
      builder.integers(site.applied === undefined ? COLUMNS : APPLIED_COLUMNS),
    ),
  ];
  if (options.similarity) states.push(w.zeros(heads, heads));
  const block = w.plus(w.quotient(builder.integers(BLOCK), keys), builder.integers(1));
  const body = blockBody(site, options, {
    prefix: builder.name('block.'),
    block,
    queries,
    keys,
    positions: w.positions(keys),
    causal: causality(w, site, keys),
  });
  const outputs = states.map(() => builder.name('reduced'));
  const blocks = w.plus(w.quotient(w.plus(queries, builder.integers(-1)), block), builder.integers(1));
  builder.node('Loop', [w.scalar(blocks), '', ...states], { attributes: { body: { graph: body } }, outputs });
  return { table: outputs[0] as string, products: outputs[1] ?? null, shape };
}

/** Values around the loop; sizes are vectors of one int64. */
interface Around {
  readonly prefix: string;
  /** Queries of a block. */
  readonly block: string;
  readonly queries: string;
  readonly keys: string;
  /** [keys, 2]: positions and ones. */
  readonly positions: string;
  /** Whether a query sees no key after itself: known, or a value to ask. */
  readonly causal: boolean | string;
}

/**
 * A softmax written out does not say whether it is causal. Its first query does; should that be wrong, weights are
 * missing from the sums and the layer is refused for it.
 */
function causality(w: Writer, site: Attachment, keys: string): boolean | string {
  if (site.causal !== undefined) return site.causal;
  if (site.scores === undefined || site.probabilities === undefined || isHalf(site)) return false;
  const first = w.float(w.pick(w.pick(site.scores, -2, 0), -3, 0));
  const seen = w.float(w.b.node('Greater', [first, w.plus(w.max(first), w.b.float(MASK_GAP))]));
  const count = w.b.node('Reshape', [w.sum(seen), w.b.integers(-1)]);
  const one = w.b.node('Less', [w.pick(count, 0, 0), w.b.float(1.5)]);
  return w.b.node('And', [one, w.b.node('Greater', [keys, w.b.integers(1)])]);
}

const isHalf = ({ elemType = FLOAT }: Attachment): boolean => elemType !== FLOAT;

function blockBody(site: Attachment, options: StatisticsOptions, around: Around): GraphBuilder {
  const b = new GraphBuilder(around.prefix);
  const w = new Writer(b, options);
  const at = b.input(b.name('iteration'), []);
  const go = b.input(b.name('go'), [], BOOL);
  const table = b.input(b.name('table'), null, FLOAT);
  const products = options.similarity ? b.input(b.name('products'), null, FLOAT) : undefined;
  const from = b.node('Mul', [b.node('Reshape', [at, b.integers(1)]), around.block]);
  const to = w.least(w.plus(from, around.block), around.queries);
  const { causal } = around;
  const limit =
    typeof causal === 'string' ? b.node('Where', [causal, to, around.keys]) : causal ? to : around.keys;
  const cut = (value: string): string => w.float(w.slice(value, from, to, limit));
  const weighed = weigh(w, site, cut, { from, to, limit });
  const rows = blockColumns(w, {
    ...weighed,
    applied: site.applied === undefined ? undefined : cut(site.applied),
    counted: site.window === undefined,
    infinite: site.infinite ?? false,
    positions: w.rows(around.positions, limit),
  });
  b.output(b.node('Identity', [go]));
  b.output(b.node('Concat', [table, rows], { attributes: { axis: -2 } }));
  if (products !== undefined) b.output(w.plus(products, w.innerProducts(weighed.weights)));
  return b;
}

interface Extent {
  readonly from: string;
  readonly to: string;
  readonly limit: string;
}

/** Scores and weights of one block; scores that the operator does not mask are masked here. */
function weigh(
  w: Writer,
  site: Attachment,
  cut: (value: string) => string,
  extent: Extent,
): { scores: string | undefined; weights: string } {
  const raw = site.scores === undefined ? undefined : cut(site.scores);
  if (raw === undefined) return { scores: undefined, weights: cut(site.probabilities ?? '') };
  const scores = site.bare === undefined ? raw : w.causalMask(raw, { ...extent, ...site.bare });
  const recomputed = site.probabilities === undefined || isHalf(site);
  return { scores, weights: recomputed ? w.softmax(scores) : cut(site.probabilities ?? '') };
}
