import { pearson } from '../../stats/pearson.js';
import { summarize } from '../../stats/summary.js';
import { dot } from './linear.js';
import { halfCount, unpackHalf } from './pack.js';
import type { LineageEvidence, RowEvidence } from './types.js';

/** Correlation from which two samples hold the same weights in the same order; of unrelated ones it is below 0.25. */
const ALIKE = 0.3;
/** Half a unit in the last place of bfloat16, relative, twice over: candidate and reference may both have been rounded. */
const ROUNDING = 2 ** -7;
/** Half a unit in the last place of three mantissa bits, as FP8 E4M3 has. */
const FLOAT8 = 2 ** -4;
/** Smallest step of binary16. */
const TINY = 2 ** -23;
/** Distance below which two matrices differ by how they were stored. */
const EXACT = 2 ** -12;
/** Share of a block that must not be zeroed for its largest difference to tell. */
const FILLED = 0.75;
/** Numbers that most schemes quantize together, or a multiple of that. */
const BLOCK = 32;

/** One matrix of the candidate beside the reference's at the same place. */
export interface RowPair {
  readonly role: string;
  readonly layer: number | null;
  /** ‖b − a‖ / ‖a‖. */
  readonly distance: number;
  readonly correlation: number;
  readonly candidate: Float32Array;
  readonly reference: Float32Array;
}

export interface RowMatch {
  /** Layer of the reference whose weights each sampled layer of the candidate holds; null where there is none. */
  readonly layers: ReadonlyMap<number, number | null>;
  /** Share of sampled weights of the embedding that are equal but for rounding to 16 bits; null when shapes differ. */
  readonly embedding: number | null;
  /** Matrices of the layers that hold the same weights, the embedding not among them. */
  readonly pairs: readonly RowPair[];
  /** Matrices sampled in the candidate, the embedding not among them. */
  readonly sampled: number;
  readonly distance: number;
  /** Standard deviation over matrices of the logarithm of their distances. */
  readonly unevenness: number;
  /** Share of weights that are equal but for rounding to 16 bits. */
  readonly equal: number;
  /** Share of matrices whose weights are all equal but for rounding to 16 bits, or zero. */
  readonly repeated: number;
  /** Share of weights that are equal but for rounding to three mantissa bits. */
  readonly floating: number;
  /** Share of weights that are zero in the candidate only. */
  readonly zeroed: number;
  /** Share of weights of the other sign. */
  readonly flipped: number;
  /**
   * Of weights that were not zeroed, mean over blocks of 32 of largest over root-mean-square difference: 1.7 for rounding
   * to a grid, 2.2 for noise; 0 where nothing differs or every block lost a quarter.
   */
  readonly peak: number;
  /** Of the same blocks, different values of the candidate over those of the reference: below 1 on a grid of few steps. */
  readonly levels: number;
}

/** Weights at the same places of two models; null when no two sampled matrices have one shape. */
export function compareRows(candidate: LineageEvidence, reference: LineageEvidence): RowMatch | null {
  const theirs = new Map<string, RowEvidence[]>();
  for (const row of reference.rows) theirs.set(keyOf(row), [...(theirs.get(keyOf(row)) ?? []), row]);
  const layers = new Map<number, number | null>();
  const pairs: RowPair[] = [];
  let embedding: number | null = null;
  let compared = 0;
  for (const layer of new Set(candidate.rows.map((row) => row.layer))) {
    const mine = candidate.rows.filter((row) => row.layer === layer);
    const found = bestLayer(mine, theirs);
    if (found === null) continue;
    compared++;
    const alike = found.pairs.filter(({ correlation }) => correlation >= ALIKE);
    if (layer === null) embedding = overall(found.pairs).equal;
    else layers.set(layer, alike.length > 0 ? found.layer : null);
    if (layer !== null) pairs.push(...alike);
  }
  const sampled = candidate.rows.filter(({ layer }) => layer !== null).length;
  return compared === 0 ? null : { layers, embedding, pairs, sampled, ...overall(pairs) };
}

function keyOf({ role, rows, columns, run, expert }: RowEvidence): string {
  return `${role} ${rows} ${columns} ${run} ${expert}`;
}

interface Candidate {
  readonly layer: number | null;
  readonly correlation: number;
  readonly pairs: readonly RowPair[];
}

/** The layer of the reference whose matrices are most like these; of equally good ones, that of the same index. */
function bestLayer(
  mine: readonly RowEvidence[],
  theirs: ReadonlyMap<string, RowEvidence[]>,
): Candidate | null {
  const byLayer = new Map<number | null, RowPair[]>();
  for (const row of mine) {
    const candidate = unpackHalf(row.values, halfCount(row.values));
    for (const other of theirs.get(keyOf(row)) ?? []) {
      const pair = candidate && pairOf(row, candidate, other);
      if (pair) byLayer.set(other.layer, [...(byLayer.get(other.layer) ?? []), pair]);
    }
  }
  const own = mine[0]?.layer;
  let best: Candidate | null = null;
  for (const [layer, pairs] of byLayer) {
    const correlation = pairs.reduce((sum, pair) => sum + pair.correlation, 0) / pairs.length;
    if (
      best === null ||
      correlation > best.correlation ||
      (correlation === best.correlation && layer === own)
    )
      best = { layer, correlation, pairs };
  }
  return best;
}

function pairOf(row: RowEvidence, candidate: Float32Array, other: RowEvidence): RowPair | null {
  const reference = unpackHalf(other.values, candidate.length);
  if (reference === null) return null;
  const [aa, bb, ab] = [dot(reference, reference), dot(candidate, candidate), dot(reference, candidate)];
  if (!(aa > 0 && bb > 0)) return null;
  const r = pearson(Array.from(candidate), Array.from(reference));
  return {
    role: row.role,
    layer: row.layer,
    distance: Math.sqrt(Math.max(0, aa + bb - 2 * ab) / aa),
    correlation: Number.isNaN(r) ? 0 : r,
    candidate,
    reference,
  };
}

type Overall = Pick<
  RowMatch,
  'distance' | 'unevenness' | 'equal' | 'repeated' | 'floating' | 'zeroed' | 'flipped' | 'peak' | 'levels'
>;

function overall(pairs: readonly RowPair[]): Overall {
  let [count, equal, repeated, floating, zeroed, flipped, square, error] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (const { candidate, reference } of pairs) {
    count += candidate.length;
    let different = 0;
    for (const [i, b] of candidate.entries()) {
      const a = reference[i] as number;
      const d = Math.abs(b - a);
      error += d * d;
      square += a * a;
      const same = d <= ROUNDING * Math.abs(a) + TINY;
      if (same) equal++;
      if (d <= 1.01 * FLOAT8 * Math.abs(a) + TINY) floating++;
      if (b === 0 && a !== 0) zeroed++;
      if (a * b < 0) flipped++;
      if (!same && b !== 0) different++;
    }
    if (different === 0) repeated++;
  }
  const of = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);
  return {
    distance: Math.sqrt(of(error, square)),
    unevenness:
      pairs.length > 1 ? (summarize(pairs.map((pair) => Math.log(pair.distance + EXACT))).sd ?? 0) : 0,
    equal: of(equal, count),
    repeated: of(repeated, pairs.length),
    floating: of(floating, count),
    zeroed: of(zeroed, count),
    flipped: of(flipped, count),
    ...grain(pairs),
  };
}

/** What differences look like in blocks of 32, of the weights that were not zeroed. */
function grain(pairs: readonly RowPair[]): Pick<RowMatch, 'peak' | 'levels'> {
  let [peak, blocks, before, after] = [0, 0, 0, 0];
  for (const { candidate, reference } of pairs) {
    for (let from = 0; from < candidate.length; from += BLOCK) {
      const whole = reference.subarray(from, from + BLOCK);
      const kept = Array.from(whole.keys()).filter((i) => candidate[from + i] !== 0 || whole[i] === 0);
      const a = kept.map((i) => whole[i] as number);
      const b = kept.map((i) => candidate[from + i] as number);
      before += new Set(a).size;
      after += new Set(b).size;
      const difference = b.map((value, i) => value - (a[i] as number));
      const squares = dot(difference, difference);
      if (squares === 0 || kept.length < FILLED * whole.length) continue;
      peak += Math.max(...difference.map(Math.abs)) / Math.sqrt(squares / kept.length);
      blocks++;
    }
  }
  return { peak: blocks > 0 ? peak / blocks : 0, levels: before > 0 ? after / before : 1 };
}
