import type { Relation, RelationKind } from './relation.js';

/** What a hypothesis says of the candidate's weights: those of a measured variant, or a copy of them of some kind. */
export type Copy = 'itself' | 'quantized' | 'pruned' | 'finetuned' | 'altered' | 'distilled';

/*
 * Shares of candidates of a kind that are found in a relation. Policy where no reason names a measurement.
 * Never: hundreds of weights at fixed places do not repeat, or fall on a grid, by accident; the fingerprint itself would
 * have to be wrong. Hardly: of genuine copies in F32, F16, BF16, GGUF and other exports none was found changed; a recipe
 * that nobody is known to use. Rarely: a recipe that is known, and is seldom delivered under this name. Seldom: a kind
 * that shows in another relation unless two things were done to it. Sometimes: one of several usual recipes.
 */
export const NEVER = Math.log(1e-6);
export const HARDLY = Math.log(1e-4);
const RARELY = Math.log(1e-3);
const SELDOM = Math.log(1e-2);
export const SOMETIMES = Math.log(0.1);

/** Natural logarithms. */
type Row = Readonly<Record<Copy, number>>;
const SHARES: Readonly<Partial<Record<RelationKind, Row>>> = {
  // A sample cannot acquit: what was changed may lie between its places, and light tuning within 16-bit rounding.
  same: {
    itself: 0,
    quantized: NEVER,
    pruned: SELDOM,
    finetuned: SOMETIMES,
    altered: 0,
    distilled: NEVER,
  },
  // A student's weights are its own, and one that starts from its teacher's layers is seldom rounded untrained.
  quantized: {
    itself: HARDLY,
    quantized: 0,
    pruned: SELDOM,
    finetuned: SELDOM,
    altered: SOMETIMES,
    distilled: HARDLY,
  },
  // Training moves every weight it touches: what is left of a pruned copy is as it was unless it was tuned as well.
  pruned: {
    itself: HARDLY,
    quantized: HARDLY,
    pruned: 0,
    finetuned: HARDLY,
    altered: SELDOM,
    distilled: HARDLY,
  },
  // Only self-distillation starts from all of its teacher. Some 8-bit copies rounded with compensation show no grid.
  tuned: {
    itself: HARDLY,
    quantized: SELDOM,
    pruned: RARELY,
    finetuned: 0,
    altered: SELDOM,
    distilled: RARELY,
  },
  // What no exporter that we know does and leaves the function as it was: some tool may. Training adds, and never only scales.
  rescaled: {
    itself: SELDOM,
    quantized: SELDOM,
    pruned: RARELY,
    finetuned: SELDOM,
    altered: 0,
    distilled: RARELY,
  },
};
/** On a grid, and further away than it explains: tuned first, or rounded with compensation. */
const COMPENSATED: Row = {
  itself: HARDLY,
  quantized: 0,
  pruned: SELDOM,
  finetuned: SOMETIMES,
  altered: SOMETIMES,
  distilled: HARDLY,
};
/** Zeros where the reference has none, and the rest trained on or rounded: what is left need not be as it was. */
const SPARSE: Row = {
  itself: HARDLY,
  quantized: SELDOM,
  pruned: 0,
  finetuned: SELDOM,
  altered: SELDOM,
  distilled: RARELY,
};
/**
 * Cut, and the rest moved: a pruned copy that was trained on, or a student that started from layers of its teacher. The
 * first is trained to heal, the second to become another model.
 */
const HEALED: Row = {
  itself: HARDLY,
  quantized: HARDLY,
  pruned: 0,
  finetuned: HARDLY,
  altered: SOMETIMES,
  distilled: SOMETIMES,
};
const STUDENT: Row = { ...HEALED, pruned: SELDOM, distilled: 0 };
/**
 * Relative distance between the two: light tuning moved weights by 0.04, students that started from layers by 0.33 to 0.49.
 * Heavy tuning reaches 0.3, which is why neither is ruled out.
 */
const RETRAINED = 0.2;

/** How often candidates of each kind are found in this relation to what they are said to be, or to be copied from. */
export function sharesOf({ kind, moved, smaller, rows }: Relation): Row {
  if (kind === 'reduced') return (rows?.distance ?? 0) >= RETRAINED ? STUDENT : HEALED;
  if (kind === 'quantized' && moved) return COMPENSATED;
  if (kind === 'pruned' && moved && !smaller) return SPARSE;
  return SHARES[kind] ?? HEALED;
}
