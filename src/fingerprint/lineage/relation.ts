import { type Comparison, compareAll } from './compare.js';
import type { RowMatch } from './compare-rows.js';
import type { LineageEvidence } from './types.js';

/**
 * Two students of one teacher, trained from their own initializations, reached 0.05 with p = 5e-7 and CKA 0.46: models
 * taught alike grow some of the same neurons. The weakest descendant measured has 0.54.
 */
const MIN_EFFECT = 0.15;
const MAX_LOG_P = Math.log(1e-6);
/** Second opinion: attention in aligned frames. */
const MIN_CKA = 0.2;
/** Share of weights that must be equal but for 16-bit rounding; the rest is left to denormal numbers. */
const EQUAL = 0.999;
/** A magnitude threshold zeroes more than rounding to a coarse grid does. */
const ZEROED = 0.1;
/** Mean peak over root-mean-square difference in blocks of 32: 1.65 ± 0.01 for rounding, 2.2 for normal noise. */
const BOUNDED = 1.9;
/** Share of the reference's different values per block of 32 that a grid of 6 bits or fewer leaves. */
const COARSE = 0.8;
/** Relative error of an 8-bit grid with one scale per row stays below, that of 6 bits with a scale per block above. */
const EIGHT_BIT = 0.015;
/** Share of weights within half a step of 8-bit floats; noise as large leaves 0.85 of them there. */
const FLOATING = 0.98;
/** Whole layers that repeat the reference: below, equal samples were put into other weights. */
const REPEATED = 0.99;

/**
 * What a candidate's weights are to a reference's.
 * same: equal but for 16-bit rounding. quantized: rounded to a grid. pruned: parts set to zero or left out. tuned: in
 * place, but moved. rearranged: descended, no longer in place. independent: nothing in common. inconclusive: too little
 * to tell.
 */
export type RelationKind =
  | 'same'
  | 'quantized'
  | 'pruned'
  | 'tuned'
  | 'rearranged'
  | 'independent'
  | 'inconclusive';

export interface Relation extends Comparison {
  readonly kind: RelationKind;
  /** 8, or 6 for anything coarser; of quantized copies only. */
  readonly bits: 8 | 6 | null;
  /** On a grid, but further away than the grid explains: tuned first, or rounded with compensation as GPTQ does. */
  readonly moved: boolean;
}

/** Relations of a candidate to references, p-values adjusted for their number. */
export function relationsOf(candidate: LineageEvidence, references: readonly LineageEvidence[]): Relation[] {
  return compareAll(candidate, references).map((comparison, i) => {
    const reference = references[i] as LineageEvidence;
    const kind = inPlace(comparison, candidate, reference) ?? elsewhere(comparison);
    const { distance = 0, peak = 0 } = comparison.rows ?? {};
    const quantized = kind === 'quantized';
    const floats = comparison.rows !== null && onFloatGrid(comparison.rows);
    const bits = distance > EIGHT_BIT && !floats ? 6 : 8;
    return {
      ...comparison,
      kind,
      bits: quantized ? bits : null,
      moved: quantized && !floats && peak >= BOUNDED,
    };
  });
}

/** Null when less than half of the samples are where the reference has them. */
function inPlace(
  { rows, frames, neurons }: Comparison,
  candidate: LineageEvidence,
  reference: LineageEvidence,
): RelationKind | null {
  if (rows === null || rows.pairs.length === 0) return null;
  const share = rows.pairs.length / rows.sampled;
  const whole =
    candidate.layers === reference.layers && [...rows.layers].every(([own, other]) => own === other);
  if (share < 1 || !whole) return partlyInPlace(rows, share, whole, candidate, reference);
  if (rows.equal >= EQUAL) {
    const repeated = frames === null || neurons === null || frames.cka >= REPEATED;
    return repeated ? 'same' : 'tuned';
  }
  if (rows.zeroed >= ZEROED && rows.equal + rows.zeroed >= EQUAL) return 'pruned';
  if (rows.peak < BOUNDED || rows.levels < COARSE || onFloatGrid(rows)) return 'quantized';
  return 'tuned';
}

/** Rounded to 8-bit floats, whose error grows with the weight. */
function onFloatGrid({ floating, distance }: RowMatch): boolean {
  return floating >= FLOATING && distance > EIGHT_BIT;
}

/** Layers or neurons left out, or parts that changed places. */
function partlyInPlace(
  rows: RowMatch,
  share: number,
  whole: boolean,
  candidate: LineageEvidence,
  reference: LineageEvidence,
): RelationKind | null {
  if (rows.pairs.length < 4) return null;
  const smaller =
    candidate.layers < reference.layers ||
    (candidate.blocks[0]?.width ?? 0) < (reference.blocks[0]?.width ?? 0);
  if (smaller) return 'pruned';
  return whole || share >= 0.5 ? 'rearranged' : null;
}

function elsewhere({ neurons, frames, logP }: Comparison): RelationKind {
  if (neurons === null) return 'inconclusive';
  const signs = [logP < MAX_LOG_P, neurons.effect >= MIN_EFFECT, frames !== null && frames.cka >= MIN_CKA];
  if (signs.every(Boolean)) return 'rearranged';
  return signs[0] || signs[2] ? 'inconclusive' : 'independent';
}
