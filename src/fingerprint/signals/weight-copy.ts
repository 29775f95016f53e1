import type { Signal, VariantView, VersionKind } from '../../core/types.js';
import { confirmedByAnswers } from '../lineage/answers.js';
import {
  detailsOf,
  inPlace,
  phrase,
  relationsByVariant,
  type VariantRelation,
} from '../lineage/by-variant.js';
import { HARDLY, NEVER, SOMETIMES, sharesOf } from '../lineage/copies.js';
import type { Relation, RelationKind } from '../lineage/relation.js';
import type { LineageEvidence } from '../lineage/types.js';
import lineageProbe from '../probes/lineage.js';
import logProbabilities from '../probes/log-probabilities.js';

/** The kinds of variants that a relation to the full version makes a candidate, whatever the settings. */
const MADE: Readonly<Partial<Record<RelationKind, readonly VersionKind[]>>> = {
  quantized: ['quantized'],
  pruned: ['pruned'],
  reduced: ['pruned', 'distilled'],
  tuned: ['finetuned'],
};

/**
 * Claim: weights that repeat a reference's at fixed places, up to 16-bit rounding, are that reference; those that are
 * rounded to a grid, zeroed or cut out, or moved are a quantized, pruned or tuned copy; and those that were cut out and
 * moved far are a student that started from layers of its teacher.
 * Method: two runs of 128 weights from each matrix of up to 12 layers, at places that follow from role and shape.
 * Equal up to 2⁻⁷ of each weight is the same; differences whose peak in blocks of 32 is that of a uniform distribution, or
 * fewer distinct values per block, are quantization; zeros, or fewer layers, heads or neurons of which half are as they
 * were, are pruning; moved weights of the same shape are tuning, unless every one keeps its sign: multiplied weights may be
 * gains of norms folded into the next matrix, which changes no answer. "The same" also needs the attention of whole layers to
 * agree (CKA 0.99), and every relation the neurons of whole layers: numbers spliced into the sampled places are none.
 * Changed weights speak against the reference itself once in a thousand, and in ten thousand where log-probabilities were
 * compared and moved by 0.05 nats: tools may rewrite weights and keep every answer.
 * Source: half-step bound of rounding to nearest (Bennett 1948); CKA with U-centring, Székely and Rizzo 2014.
 * Assumptions: the reader undoes what containers do to a matrix (order, transposition, fusion, rotary permutation).
 * Error rates: how often a kind is found in a relation is policy where no measurement is named (lineage/copies.ts). On
 * relatives of seven small trained models every 16-, 8-, 4- and 3-bit, pruned, tuned and merged copy was told as such, and
 * stories260K in GGUF F32, Q8_0 and Q4_0 from its safetensors; nothing larger was measured (scripts/lineage-power.mjs). In
 * ten further families no genuine export was taken for a changed one; in one family tuning by a few steps of one size was
 * taken for rounding, before signs were looked at.
 * Evasion: moving neurons, heads or the residual basis takes weights out of their places; the lineage signal looks there.
 * Renaming the weights of an ONNX graph does not hide them where its layers are plain; layers written in operators that
 * are not understood leave them without roles, and the signal abstains.
 * Matrices that were not read may hold anything, so equal places never tell the reference from an altered copy of it.
 * Digests of all tensors do. Two changes at once are named by the one that shows, or not at all.
 */
const weightCopy: Signal = {
  id: 'weight-copy',
  title: 'Weights in place',
  group: 'lineage',
  spoofing: 'costly',
  needs: [lineageProbe],
  wants: [logProbabilities],
  score: (input) => {
    const found = relationsByVariant(input);
    const confirmed = confirmedByAnswers(input);
    const placed = found.filter(({ relation }) => inPlace(relation));
    if (placed.length === 0)
      return { status: 'skipped', reason: whyNot(input.candidate.lineage as LineageEvidence, found) };
    const known = new Map(placed.map(({ variant, relation }) => [variant.id, relation]));
    const stranger = input.strangers.some(({ id }) => known.get(id)?.kind === 'same');
    const relative = input.variants.some(({ id }) => known.has(id));
    const made = placed.flatMap(({ variant, relation }) =>
      variant.kind === 'full' ? (MADE[relation.kind] ?? []) : [],
    );
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
            const log = likelihood(variant, known, made);
            return log === null ? [] : [[variant.id, confirmed(variant, log)]];
          }),
        ),
        other: stranger || !relative ? 0 : NEVER,
      },
      n: Math.max(...placed.map(({ relation }) => relation.rows?.pairs.length ?? 0)),
      details: placed.flatMap(detailsOf),
    };
  },
};
export default weightCopy;

/** Null where nothing is known of a variant. */
function likelihood(
  { id, kind, impliedBy }: VariantView,
  known: ReadonlyMap<string, Relation>,
  made: readonly VersionKind[],
): number | null {
  const relation = known.get(impliedBy ?? id);
  if (relation === undefined) {
    const elsewhere = kind === 'distilled' || (impliedBy === undefined && made.includes(kind));
    return elsewhere ? null : HARDLY;
  }
  const row = sharesOf(relation);
  if (impliedBy === undefined)
    return relation.kind !== 'same' && made.includes(kind) ? Math.max(row.itself, SOMETIMES) : row.itself;
  if (kind === 'full') return row.itself;
  return kind === 'other' ? row.altered : row[kind];
}

function whyNot(candidate: LineageEvidence, found: readonly VariantRelation[]): string {
  if (candidate.rows.length === 0) return 'no matrix of the candidate could be told by what it does';
  return found.length === 0
    ? 'no reference holds a fingerprint of its weights'
    : 'no reference has these weights in the same places; the lineage signal looks for them elsewhere';
}
