import type { Tensor } from 'onnxruntime-node';
import type { AttentionKind, AttentionLayer, AttentionStatistics } from '../../core/types.js';
import { DECLARED, type TappedSite } from '../../tap/plan.js';
import { type AttentionTable, integersOf, type Lengths, type Problem, readTable } from './attention-table.js';
import { floats } from './floats.js';

/** Rows of a softmax in float32 sum to 1 within this; what is further lacks keys or was changed. */
const ROW_SUM_TOLERANCE = 1e-3;
/** Of an export's own outputs nothing but the numbers is known: float16 rows of 1,000 keys sum to 1 within 2e-2. */
const OUTPUT_SUM_TOLERANCE = 5e-2;
/** Tokens per position by which rounding may move the mean position of a query whose weights are scaled. */
const GATE_TOLERANCE = 1e-3;
/** Bits by which rounding may lift an entropy over that of equal weights. */
const ENTROPY_TOLERANCE = 2e-2;

type Statistic = Exclude<keyof AttentionStatistics, 'tokens' | 'sites' | 'unmeasured' | 'contradictions'>;
export type LayerStatistics = Readonly<Record<Statistic, readonly number[]>>;

export interface ReadSite {
  readonly layer: AttentionLayer;
  /** Query heads that the graph states or shows without being run; 0 when unknown. */
  readonly statedHeads: number;
  readonly statistics: LayerStatistics;
}

/** What one site returned, or why that is no attention over the tokens of the prompt. */
export function readSite(
  site: TappedSite,
  outputs: Readonly<Record<string, Tensor>>,
  lengths: Lengths,
): ReadSite | Problem {
  const table = readTable(site, outputs, lengths);
  if ('problem' in table) return table;
  const { heads } = table;
  const tolerance = site.operator === DECLARED ? OUTPUT_SUM_TOLERANCE : ROW_SUM_TOLERANCE;
  const rows = Array.from({ length: heads }, (_, head) => headStatistics(table, head, tolerance));
  const problem = rows.find((row) => typeof row === 'string');
  if (typeof problem === 'string' || heads === 0) return { problem: problem ?? 'it has no heads' };
  const measured = rows as HeadStatistics[];
  const column = (name: keyof HeadStatistics): number[] => measured.map((row) => row[name]);
  return {
    layer: {
      kind: kindOf(table, lengths),
      operator: site.operator,
      heads,
      keyValueHeads: keyValueHeads(site, heads, outputs),
      ...(site.latent ? { latent: true } : {}),
    },
    statedHeads: site.heads,
    statistics: {
      entropyBits: column('entropyBits'),
      normalizedEntropy: column('normalizedEntropy'),
      firstTokenMass: column('firstTokenMass'),
      meanDistance: column('meanDistance'),
      maxWeight: column('maxWeight'),
      effectiveKeys: column('effectiveKeys'),
      headSimilarity: similarities(site.products === null ? undefined : outputs[site.products], heads),
    },
  };
}

type HeadStatistics = Record<Exclude<Statistic, 'headSimilarity'>, number>;

/** Means over the queries that see at least two keys, or what is wrong with one of them. */
function headStatistics(table: AttentionTable, head: number, tolerance: number): HeadStatistics | string {
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
    const visible = table.visible(head, query);
    if (!(visible >= 2)) continue;
    const cell = (column: Parameters<AttentionTable['cell']>[2]): number => table.cell(head, query, column);
    const mass = cell('mass');
    if (!(Math.abs(mass - 1) < tolerance)) return 'the weights of a query do not add up to one';
    if (table.hasApplied && !isGate(cell, query)) return 'its weights are changed after the softmax';
    const entropy = Math.max(0, cell('entropy')) / Math.LN2;
    const limit = Math.log2(visible);
    if (!(entropy <= limit + ENTROPY_TOLERANCE))
      return 'its weights spread over more keys than its mask shows';
    totals.entropyBits += entropy;
    totals.normalizedEntropy += Math.min(1, entropy / limit);
    totals.firstTokenMass += cell('firstWeight');
    totals.meanDistance += query - cell('position') / mass;
    totals.maxWeight += cell('largestWeight');
    totals.effectiveKeys += 2 ** entropy;
    counted++;
  }
  if (counted === 0) return 'no query sees two keys';
  for (const name of Object.keys(totals) as (keyof HeadStatistics)[]) totals[name] /= counted;
  return totals;
}

/** Weights that were scaled for a whole query attend to the same position; masked or mixed ones do not. */
function isGate(cell: (column: Parameters<AttentionTable['cell']>[2]) => number, query: number): boolean {
  const mass = cell('appliedMass');
  if (mass === 0) return true;
  const moved = cell('position') / cell('mass') - cell('appliedPosition') / mass;
  return Math.abs(moved) <= GATE_TOLERANCE * (query + 1);
}

/** Cross-attention sees the whole encoder from the first query on. */
function kindOf(table: AttentionTable, { encoder, decoder }: Lengths): AttentionKind {
  if (encoder === decoder) return 'self';
  if (table.queries === encoder) return 'encoder';
  return table.visible(0, 0) === encoder ? 'cross' : 'self';
}

/** A count that queries cannot be grouped by is no number of heads. */
function keyValueHeads(
  { keys }: TappedSite,
  heads: number,
  outputs: Readonly<Record<string, Tensor>>,
): number | null {
  if (typeof keys !== 'string') return keys;
  const shape = integersOf(outputs[keys]);
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
