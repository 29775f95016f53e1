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

type Copy = 'itself' | 'quantized' | 'altered' | 'distilled';
/** Natural logs of how often a candidate of a kind would be found in a relation: policy, not measurement. */
const NEVER = Math.log(1e-6);
const HARDLY = Math.log(1e-4);
const SELDOM = Math.log(1e-2);
const ODD = Math.log(0.1);
const LIKELIHOOD: Readonly<Partial<Record<RelationKind, Readonly<Record<Copy, number>>>>> = {
  // A sample cannot acquit: what was changed may lie between its places.
  same: { itself: 0, quantized: NEVER, altered: 0, distilled: NEVER },
  quantized: { itself: HARDLY, quantized: 0, altered: ODD, distilled: NEVER },
  // A student may start from layers of its teacher, or from all of them.
  pruned: { itself: HARDLY, quantized: SELDOM, altered: 0, distilled: ODD },
  tuned: { itself: HARDLY, quantized: SELDOM, altered: 0, distilled: ODD },
};
/** The kind of variant that a relation to the full version makes a candidate, whatever the settings. */
const MADE: Readonly<Partial<Record<RelationKind, VersionKind>>> = {
  quantized: 'quantized',
  pruned: 'pruned',
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

/** Null where nothing is known of a variant. */
function likelihood(
  { id, kind, impliedBy }: VariantView,
  known: ReadonlyMap<string, Relation>,
  made: readonly VersionKind[],
): number | null {
  const relation = known.get(impliedBy ?? id);
  if (relation === undefined) return made.includes(kind) || kind === 'distilled' ? null : HARDLY;
  const copy: Copy =
    impliedBy === undefined ? 'itself' : kind === 'quantized' || kind === 'distilled' ? kind : 'altered';
  if (copy === 'altered' && relation.moved) return 0;
  const log = LIKELIHOOD[relation.kind]?.[copy] ?? 0;
  return copy === 'itself' && relation.kind !== 'same' && made.includes(kind) ? Math.max(log, ODD) : log;
}

function whyNot(candidate: LineageEvidence, found: readonly VariantRelation[]): string {
  if (candidate.rows.length === 0) return 'no matrix of the candidate could be told by what it does';
  return found.length === 0
    ? 'no reference holds a fingerprint of its weights'
    : 'no reference has these weights in the same places; the lineage signal looks for them elsewhere';
}
