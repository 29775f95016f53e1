import type { Signal, VariantView, VersionKind } from '../../core/types.js';
import {
  detailsOf,
  inPlace,
  phrase,
  relationsByVariant,
  type VariantRelation,
} from '../lineage/by-variant.js';
import type { Relation, RelationKind } from '../lineage/relation.js';
import type { LineageEvidence } from '../lineage/types.js';
import lineageProbe from '../probes/lineage.js';

/** What a hypothesis says of the candidate's weights: those of a measured variant, or a copy of them of some kind. */
type Copy = 'itself' | 'quantized' | 'pruned' | 'finetuned' | 'altered' | 'distilled';

/*
 * Shares of candidates of a kind that are found in a relation. Policy where no reason names a measurement.
 * Never: hundreds of weights at fixed places do not repeat, or fall on a grid, by accident; the fingerprint itself would
 * have to be wrong. Hardly: of genuine copies in F32, F16, BF16, GGUF and other exports none was found changed; a recipe
 * that nobody is known to use. Rarely: a recipe that is known, and is seldom delivered under this name. Seldom: a kind
 * that shows in another relation unless two things were done to it. Sometimes: one of several usual recipes.
 */
const NEVER = Math.log(1e-6);
const HARDLY = Math.log(1e-4);
const RARELY = Math.log(1e-3);
const SELDOM = Math.log(1e-2);
const SOMETIMES = Math.log(0.1);

type Row = Readonly<Record<Copy, number>>;
const LIKELIHOOD: Readonly<Partial<Record<RelationKind, Row>>> = {
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

/** The kind of variant that a relation to the full version makes a candidate, whatever the settings. */
const MADE: Readonly<Partial<Record<RelationKind, VersionKind>>> = {
  quantized: 'quantized',
  pruned: 'pruned',
  reduced: 'pruned',
  tuned: 'finetuned',
};

/**
 * Claim: weights that repeat a reference's at fixed places, up to 16-bit rounding, are that reference; those that are
 * rounded to a grid, zeroed, or moved are a quantized, pruned or tuned copy.
 * Method: two runs of 128 weights from each matrix of up to 16 layers, at places that follow from role and shape.
 * Equal up to 2⁻⁷ of each weight is the same; differences whose peak in blocks of 32 is that of a uniform distribution, or
 * fewer distinct values per block, are quantization; zeros instead are pruning; the rest is tuning. "The same" also needs
 * the attention of whole layers to agree (CKA 0.99).
 * Source: half-step bound of rounding to nearest (Bennett 1948); CKA with U-centring, Székely and Rizzo 2014.
 * Assumptions: the reader undoes what containers do to a matrix (order, transposition, fusion, rotary permutation).
 * Error rates: costs per relation are policy. On relatives of five small trained models every 16-, 8-, 4- and 3-bit, pruned,
 * tuned and merged copy was told as such, and stories260K in GGUF F32, Q8_0 and Q4_0 from its safetensors; nothing larger
 * was measured (scripts/lineage-power.mjs).
 * Evasion: moving neurons, heads or the residual basis takes weights out of their places; the lineage signal looks there.
 * Genuine values at the sampled places of other weights pass here, and whole matrices that were not read; so equal places
 * never tell the reference from an altered copy of it. Digests of all tensors do.
 */
const weightCopy: Signal = {
  id: 'weight-copy',
  title: 'Weights in place',
  group: 'lineage',
  spoofing: 'costly',
  needs: [lineageProbe],
  score: (input) => {
    const found = relationsByVariant(input);
    const placed = found.filter(({ relation }) => inPlace(relation));
    if (placed.length === 0)
      return { status: 'skipped', reason: whyNot(input.candidate.lineage as LineageEvidence, found) };
    const known = new Map(placed.map(({ variant, relation }) => [variant.id, relation]));
    const fromStranger = input.strangers.some(({ id }) => known.get(id)?.kind === 'same');
    const made = placed.flatMap(({ relation }) => MADE[relation.kind] ?? []);
    const standIns = unimplied(input.variants);
    return {
      status: 'scored',
      observed: placed.map(({ variant, relation }) => `${phrase(relation)} (${variant.id})`).join('; '),
      expected: Object.fromEntries(
        input.variants.flatMap(({ id, impliedBy }) =>
          impliedBy === undefined && found.some(({ variant }) => variant.id === id)
            ? [[id, 'the same weights']]
            : [],
        ),
      ),
      logLikelihood: {
        ...Object.fromEntries(
          input.variants.flatMap((variant): [string, number][] => {
            const log = likelihood(variant, known, made, standIns);
            return log === null ? [] : [[variant.id, log]];
          }),
        ),
        other: fromStranger ? 0 : NEVER,
      },
      n: Math.max(...placed.map(({ relation }) => relation.rows?.pairs.length ?? 0)),
      details: placed.flatMap(detailsOf),
    };
  },
};
export default weightCopy;

/** Kinds of which a profile has measurements, so that it implies no other copy of them. */
function unimplied(variants: readonly VariantView[]): Copy[] {
  return (['quantized', 'pruned', 'finetuned'] as const).filter((copy) =>
    variants.every(({ kind, impliedBy }) => kind !== copy || impliedBy === undefined),
  );
}

/** Null where nothing is known of a variant. */
function likelihood(
  { id, kind, impliedBy }: VariantView,
  known: ReadonlyMap<string, Relation>,
  made: readonly VersionKind[],
  standIns: readonly Copy[],
): number | null {
  const relation = known.get(impliedBy ?? id);
  if (relation === undefined) {
    const elsewhere = kind === 'distilled' || (impliedBy === undefined && made.includes(kind));
    return elsewhere ? null : HARDLY;
  }
  const row = rowOf(relation);
  if (impliedBy === undefined)
    return relation.kind !== 'same' && made.includes(kind) ? Math.max(row.itself, SOMETIMES) : row.itself;
  if (kind === 'full') return row.itself;
  if (kind !== 'other') return row[kind];
  // Another copy of a kind that was measured is no measured variant: the altered copy is what it can be.
  const standsIn = standIns.filter((copy) => copy !== 'quantized' || relation.moved).map((copy) => row[copy]);
  return Math.max(row.altered, ...standsIn);
}

function rowOf({ kind, moved, smaller, rows }: Relation): Row {
  if (kind === 'reduced') return (rows?.distance ?? 0) >= RETRAINED ? STUDENT : HEALED;
  if (kind === 'quantized' && moved) return COMPENSATED;
  if (kind === 'pruned' && moved && !smaller) return SPARSE;
  return LIKELIHOOD[kind] ?? HEALED;
}

function whyNot(candidate: LineageEvidence, found: readonly VariantRelation[]): string {
  if (candidate.rows.length === 0) return 'no matrix of the candidate could be told by what it does';
  return found.length === 0
    ? 'no reference holds a fingerprint of its weights'
    : 'no reference has these weights in the same places; the lineage signal looks for them elsewhere';
}
