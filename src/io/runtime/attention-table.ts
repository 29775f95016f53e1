import type { Tensor } from 'onnxruntime-node';
import type { AttentionKind, AttentionLayer, AttentionStatistics } from '../../core/types.js';
import type { TappedSite } from '../../tap/plan.js';
import { COLUMNS, MASK_GAP } from '../../tap/statistics.js';
import { floats } from './floats.js';

/** Columns of the table; see `statistics.ts`. */
const VISIBLE = 5;
const KEYS = 6;
const LARGEST_SCORE = 7;
/** float16 rows of 1,000 keys sum to 1 within 2e-2; anything further is not a probability row. */
const ROW_SUM_TOLERANCE = 5e-2;
/** Bits by which rounding may lift an entropy over that of equal weights. */
const ENTROPY_TOLERANCE = 2e-2;

type Statistic = Exclude<keyof AttentionStatistics, 'tokens' | 'sites' | 'unmeasured' | 'contradictions'>;
export type LayerStatistics = Readonly<Record<Statistic, readonly number[]>>;

/** Tokens of the stacks that ran; equal for a model with one. */
export interface Lengths {
  readonly encoder: number;
  readonly decoder: number;
}

export interface ReadSite {
  readonly layer: AttentionLayer;
  readonly statistics: LayerStatistics;
}

/** What one site returned, or why that is no attention over the tokens of the prompt. */
export function readSite(
  site: TappedSite,
  outputs: Readonly<Record<string, Tensor>>,
  lengths: Lengths,
): ReadSite | { readonly problem: string } {
  const table = readTable(site, outputs, lengths);
  if ('problem' in table) return table;
  const { heads } = table;
  const rows = Array.from({ length: heads }, (_, head) => headStatistics(table, head));
  const problem = rows.find((row) => typeof row === 'string');
  if (typeof problem === 'string' || heads === 0) return { problem: problem ?? 'it has no heads' };
  const measured = rows as Omit<HeadStatistics, 'headSimilarity'>[];
  const similarity = similarities(site.products === null ? undefined : outputs[site.products], heads);
  const column = (name: keyof HeadStatistics): number[] => measured.map((row) => row[name]);
  return {
    layer: {
      kind: kindOf(table, lengths),
      operator: site.operator,
      heads,
      keyValueHeads: keyValueHeads(site, heads, outputs),
    },
    statistics: {
      entropyBits: column('entropyBits'),
      normalizedEntropy: column('normalizedEntropy'),
      firstTokenMass: column('firstTokenMass'),
      meanDistance: column('meanDistance'),
      maxWeight: column('maxWeight'),
      effectiveKeys: column('effectiveKeys'),
      headSimilarity: similarity,
    },
  };
}

/** The table of one site, if it has the shape of attention over the tokens of the prompt. */
export function readTable(
  site: TappedSite,
  outputs: Readonly<Record<string, Tensor>>,
  lengths: Lengths,
): Table | { readonly problem: string } {
  const tensor = outputs[site.table];
  const dims = tensor?.dims ?? [];
  const [queries = 0, columns = 0] = dims.slice(-2);
  // Grouped layers may keep the groups apart: [batch, key/value heads, group, queries, columns].
  const heads = dims.slice(dims.length > 3 ? 1 : 0, -2).reduce((product, dim) => product * dim, 1);
  if (columns !== COLUMNS || dims.length < 3 || dims.length > 5 || (dims.length > 3 && dims[0] !== 1))
    return {
      problem: `its weights have ${dims.length} dimensions; expected one text, heads, queries and keys`,
    };
  if (site.axis !== null && site.axis !== -1 && site.axis !== dims.length - 1)
    return { problem: `its softmax works along axis ${site.axis}, which is not that of the keys` };
  const data = floats(tensor, site.table);
  const keys = data[KEYS] ?? 0;
  for (const [what, count] of Object.entries({ queries, keys }))
    if (count !== lengths.decoder && count !== lengths.encoder)
      return { problem: `it has ${count} ${what}; the prompt has ${lengths.decoder} tokens` };
  const last = site.last === null ? [] : Array.from(outputs[site.last]?.data as ArrayLike<bigint>, Number);
  if (last.some((position) => position !== lengths.decoder - 1))
    return { problem: `its text ends at token ${last}; the prompt has ${lengths.decoder} tokens` };
  return { data, heads, queries, keys, window: site.window };
}

interface Table {
  readonly data: Float32Array;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  readonly window: number | null;
}
type HeadStatistics = Record<Exclude<Statistic, 'headSimilarity'>, number>;

function visibleKeys({ data, queries, window }: Table, head: number, query: number): number {
  if (window !== null) return Math.min(query + 1, window);
  return data[(head * queries + query) * COLUMNS + VISIBLE] as number;
}

/** Means over the queries that see at least two keys, or what is wrong with one of them. */
function headStatistics(table: Table, head: number): HeadStatistics | string {
  const totals = {
    entropyBits: 0,
    normalizedEntropy: 0,
    firstTokenMass: 0,
    meanDistance: 0,
    maxWeight: 0,
    effectiveKeys: 0,
  };
  let counted = 0;
  for (let query = 0; query < table.queries; query++) {
    const visible = visibleKeys(table, head, query);
    const at = (head * table.queries + query) * COLUMNS;
    if (Math.abs(table.data[at + LARGEST_SCORE] ?? 0) > -MASK_GAP)
      return 'its scores are too large to be told from a mask';
    if (!(visible >= 2)) continue;
    const [nats = 0, most = 0, first = 0, position = 0, mass = 0] = table.data.subarray(at, at + 5);
    if (!(Math.abs(mass - 1) < ROW_SUM_TOLERANCE)) return 'the weights of a query do not add up to one';
    const entropy = Math.max(0, nats) / Math.LN2;
    const limit = Math.log2(visible);
    if (!(entropy <= limit + ENTROPY_TOLERANCE))
      return 'its weights spread over more keys than its mask shows';
    totals.entropyBits += entropy;
    totals.normalizedEntropy += Math.min(1, entropy / limit);
    totals.firstTokenMass += first;
    totals.meanDistance += query - position / mass;
    totals.maxWeight += most;
    totals.effectiveKeys += 2 ** entropy;
    counted++;
  }
  if (counted === 0) return 'no query sees two keys';
  for (const name of Object.keys(totals) as (keyof HeadStatistics)[]) totals[name] /= counted;
  return totals;
}

/** Cross-attention sees the whole encoder from the first query on. */
function kindOf(table: Table, { encoder, decoder }: Lengths): AttentionKind {
  if (encoder === decoder) return 'self';
  if (table.queries === encoder) return 'encoder';
  return table.keys === encoder ? 'cross' : 'self';
}

/** A count that queries cannot be grouped by is no number of heads. */
function keyValueHeads(
  { keys }: TappedSite,
  heads: number,
  outputs: Readonly<Record<string, Tensor>>,
): number | null {
  if (typeof keys !== 'string') return keys;
  const shape = Array.from((outputs[keys]?.data ?? []) as ArrayLike<bigint>, Number);
  const [, counted = 0] = shape;
  return shape.length === 4 && heads % counted === 0 ? counted : null;
}

/** Mean cosine of each head's map with the others of its layer; a single head is like itself. */
function similarities(tensor: Tensor | undefined, heads: number): number[] {
  if (heads === 1 || tensor === undefined) return new Array<number>(heads).fill(1);
  const products = floats(tensor, 'head products');
  const at = (i: number, j: number): number => products[i * heads + j] as number;
  return Array.from({ length: heads }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < heads; j++) if (j !== i) sum += at(i, j) / Math.sqrt(at(i, i) * at(j, j));
    return sum / (heads - 1);
  });
}
