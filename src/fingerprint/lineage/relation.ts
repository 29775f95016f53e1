import { type Comparison, compareAll } from './compare.js';
import type { RowMatch } from './compare-rows.js';
import type { LineageEvidence } from './types.js';

/**
 * Two students of one teacher, trained from their own initializations, reached 0.05 with p = 5e-7 and CKA 0.46: models
 * taught alike grow some of the same neurons. The weakest descendant measured has 0.54.
 */
export const MIN_EFFECT = 0.15;
const MAX_LOG_P = Math.log(1e-6);
/** Second opinion: attention in aligned frames. Models taught alike reach 0.5, so it never speaks alone. */
const MIN_CKA = 0.2;
/** Share of weights that must be equal but for 16-bit rounding; the rest is left to denormal numbers. */
const EQUAL = 0.999;
/** Rounding to a grid of 4 bits zeroes up to 0.14 of the weights, to one of 8 bits 0.01; what is left then shows the grid. */
const ZEROED = 0.02;
/** Mean peak over root-mean-square difference in blocks of 32: 1.65 ± 0.01 for rounding, 2.2 for normal noise. */
const BOUNDED = 1.9;
/** Share of the reference's different values per block of 32 that a grid of 6 bits or fewer leaves. */
const COARSE = 0.8;
/** Relative error of an 8-bit grid with one scale per row stays below, that of 6 bits with a scale per block above. */
const EIGHT_BIT = 0.015;
/** Share of weights within half a step of 8-bit floats; noise as large leaves 0.85 of them there. */
const FLOATING = 0.98;
/** Whole layers that repeat the reference: below, weights between the samples were moved. */
const REPEATED = 0.99;
/**
 * What is added to weights turns the sign of the small ones: a share of distance / π of them, for normal weights and
 * changes. Rounding to a grid that holds 0 turns none, nor do gains that are multiplied into a matrix. Below this share of the
 * distance nothing was added; tuned copies and merges had 0.1 to 0.5, folded ones 0.
 */
const TURNED = 0.05;
/** Share of matrices that are as they were: adapters and repairs leave most of them alone. */
const KEPT = 0.5;
/** Fewer matrices in place than this may be so by chance. */
const MIN_PAIRS = 4;

/**
 * What a candidate's weights are to a reference's.
 * same: equal but for 16-bit rounding. quantized: rounded to a grid. pruned: parts set to zero or cut out. reduced: parts
 * cut out, and what is left moved. tuned: in place, but moved. rescaled: in place, and multiplied, as folding the gain of a
 * norm into the next matrix does, which leaves the function as it was. rearranged: descended, no longer in place. spliced: in place
 * where sampled, and nothing in common elsewhere. independent: nothing in common. inconclusive: too
 * little to tell.
 */
export type RelationKind =
  | 'same'
  | 'quantized'
  | 'pruned'
  | 'reduced'
  | 'tuned'
  | 'rescaled'
  | 'rearranged'
  | 'spliced'
  | 'independent'
  | 'inconclusive';

export interface Relation extends Comparison {
  readonly kind: RelationKind;
  /** 8, or 6 for anything coarser; of quantized copies only. */
  readonly bits: 8 | 6 | null;
  /**
   * Of quantized copies: further away than the grid explains, so tuned first, or rounded with compensation as GPTQ does.
   * Of pruned ones: what is left is on a grid or moved.
   */
  readonly moved: boolean;
  /** Fewer layers, heads or neurons than the reference, and more of nothing. */
  readonly smaller: boolean;
}

type Sides = readonly [candidate: LineageEvidence, reference: LineageEvidence];

/** Relations of a candidate to references, p-values adjusted for their number. */
export function relationsOf(candidate: LineageEvidence, references: readonly LineageEvidence[]): Relation[] {
  return compareAll(candidate, references).map((comparison, i) => {
    const sides = [candidate, references[i] as LineageEvidence] as const;
    const smaller = isSmaller(...sides);
    const kind = kindOf(comparison, sides, smaller);
    const { rows } = comparison;
    const floats = rows !== null && onFloatGrid(rows);
    const coarse = rows !== null && rows.distance > EIGHT_BIT && !floats;
    const kept = rows === null || rows.pairs.length === 0 || rows.equal + rows.zeroed >= EQUAL;
    return {
      ...comparison,
      kind,
      smaller,
      bits: kind === 'quantized' ? (coarse ? 6 : 8) : null,
      moved:
        (kind === 'quantized' && !floats && (rows?.peak ?? 0) >= BOUNDED) || (kind === 'pruned' && !kept),
    };
  });
}

function kindOf(comparison: Comparison, sides: Sides, smaller: boolean): RelationKind {
  const placed = inPlace(comparison, sides, smaller);
  if (placed === null) return elsewhere(comparison, smaller);
  // Neurons are described by whole matrices: whoever puts genuine numbers at the sampled places does not move them.
  return comparison.neurons !== null && !neuronsAgree(comparison) ? 'spliced' : placed;
}

/** Null when less than half of the samples are where the reference has them. */
function inPlace(
  { rows, frames, neurons }: Comparison,
  [candidate, reference]: Sides,
  smaller: boolean,
): RelationKind | null {
  if (rows === null || rows.pairs.length === 0) return null;
  if (smaller) return remainder(rows);
  const share = rows.pairs.length / rows.sampled;
  const whole =
    candidate.layers === reference.layers && [...rows.layers].every(([own, other]) => own === other);
  if (share < 1 || !whole)
    return rows.pairs.length >= MIN_PAIRS && (whole || share >= 0.5) ? 'rearranged' : null;
  if (rows.equal >= EQUAL) {
    const repeated = frames === null || neurons === null || frames.cka >= REPEATED;
    return repeated ? 'same' : 'tuned';
  }
  if (rows.zeroed > 0 && rows.equal + rows.zeroed >= EQUAL) return 'pruned';
  if (onGrid(rows)) return 'quantized';
  if (rows.zeroed >= ZEROED) return 'pruned';
  return keepsSigns(rows) ? 'rescaled' : 'tuned';
}

/** What is left of a reference with layers, heads or neurons cut out; training a student moves every matrix. */
function remainder(rows: RowMatch): RelationKind | null {
  if (rows.pairs.length < MIN_PAIRS) return null;
  return rows.repeated >= KEPT || onGrid(rows) ? 'pruned' : 'reduced';
}

/** A few steps of Adam are bounded as well, all but equal in size, and turn signs. */
function onGrid(rows: RowMatch): boolean {
  const bounded = rows.peak > 0 && rows.peak < BOUNDED && keepsSigns(rows);
  return bounded || rows.levels < COARSE || onFloatGrid(rows);
}

function keepsSigns({ flipped, distance }: RowMatch): boolean {
  return flipped < TURNED * distance;
}

/** Rounded to 8-bit floats, whose error grows with the weight. */
function onFloatGrid({ floating, distance }: RowMatch): boolean {
  return floating >= FLOATING && distance > EIGHT_BIT;
}

function neuronsAgree({ neurons, logP }: Comparison): boolean {
  return logP < MAX_LOG_P && neurons !== null && neurons.effect >= MIN_EFFECT;
}

function elsewhere(comparison: Comparison, smaller: boolean): RelationKind {
  const { neurons, frames, logP, rows } = comparison;
  if (neurons === null) return 'inconclusive';
  if (logP >= MAX_LOG_P) return 'independent';
  if (!neuronsAgree(comparison) || frames === null || frames.cka < MIN_CKA) return 'inconclusive';
  return smaller && (rows?.embedding ?? 0) >= EQUAL ? 'pruned' : 'rearranged';
}

function isSmaller(candidate: LineageEvidence, reference: LineageEvidence): boolean {
  const sizes = [candidate, reference].map(sizesOf) as [Map<string, number>, Map<string, number>];
  const steps = [...sizes[0]].flatMap(([name, size]) => {
    const other = sizes[1].get(name);
    return other === undefined ? [] : [Math.sign(size - other)];
  });
  return steps.includes(-1) && !steps.includes(1);
}

/** Layers, and rows and columns by role: the least of any layer, since pruning may cut from each another number. */
function sizesOf({ layers, rows }: LineageEvidence): Map<string, number> {
  const sizes = new Map([['layers', layers]]);
  for (const row of rows) {
    if (row.layer === null) continue;
    for (const side of ['rows', 'columns'] as const) {
      const name = `${row.role} ${side}`;
      sizes.set(name, Math.min(sizes.get(name) ?? Number.POSITIVE_INFINITY, row[side]));
    }
  }
  return sizes;
}
