import type { Detail, SignalInput, VariantView } from '../../core/types.js';
import { type Relation, type RelationKind, relationsOf } from './relation.js';
import type { LineageEvidence } from './types.js';

/** The closest relation between a candidate and the artifacts of one variant. */
export interface VariantRelation {
  readonly variant: VariantView;
  readonly reference: LineageEvidence;
  readonly relation: Relation;
}

/** From nearest to furthest. */
const NEARNESS: readonly RelationKind[] = [
  'same',
  'quantized',
  'pruned',
  'tuned',
  'rescaled',
  'reduced',
  'rearranged',
  'spliced',
  'inconclusive',
  'independent',
];

/** Measured variants that hold a fingerprint, with what the candidate is to each; strangers last. */
export function relationsByVariant({ candidate, variants, strangers }: SignalInput): VariantRelation[] {
  const measured = [...variants.filter(({ impliedBy }) => impliedBy === undefined), ...strangers];
  const references = measured.flatMap((variant) =>
    variant.runs.map(({ data }) => ({ variant, reference: data.lineage as LineageEvidence })),
  );
  const relations = relationsOf(
    candidate.lineage as LineageEvidence,
    references.map(({ reference }) => reference),
  );
  const nearest = new Map<string, VariantRelation>();
  for (const [i, found] of references.entries()) {
    const entry = { ...found, relation: relations[i] as Relation };
    const known = nearest.get(found.variant.id);
    if (known === undefined || nearer(entry.relation, known.relation)) nearest.set(found.variant.id, entry);
  }
  return [...nearest.values()];
}

function nearer(a: Relation, b: Relation): boolean {
  const step = NEARNESS.indexOf(a.kind) - NEARNESS.indexOf(b.kind);
  return step < 0 || (step === 0 && (a.rows?.distance ?? 0) < (b.rows?.distance ?? 0));
}

/** Whether weights of the reference are in the candidate. */
export function related({ kind }: Relation): boolean {
  return kind !== 'independent' && kind !== 'inconclusive' && kind !== 'spliced';
}

/** Whether they are still in the places where the reference has them. */
export function inPlace(relation: Relation): boolean {
  return related(relation) && relation.kind !== 'rearranged';
}

/** A phrase for reports: what was found, in words that claim no more. */
export function phrase({ kind, bits, moved, smaller, rows }: Relation): string {
  const distance = `distance ${(rows?.distance ?? 0).toPrecision(2)}`;
  switch (kind) {
    case 'same':
      return 'the same weights';
    case 'quantized':
      return `rounded to ${bits === 8 ? '8 bits' : '6 bits or fewer'}${moved ? ' and moved' : ''}, ${distance}`;
    case 'pruned':
      return `the same weights, some ${smaller ? 'cut out' : 'set to zero'}${moved ? ', the rest moved' : ''}`;
    case 'reduced':
      return `some cut out, the rest moved, ${distance}`;
    case 'tuned':
      return `the same weights, moved, ${distance}`;
    case 'rescaled':
      return `the same weights, multiplied, ${distance}`;
    case 'rearranged':
      return smaller ? 'descended, some cut out, in other places' : 'descended, in other places';
    case 'spliced':
      return 'in place where sampled, nothing in common elsewhere';
    case 'independent':
      return 'nothing in common';
    default:
      return 'too little to tell';
  }
}

/** Numbers behind a relation. */
export function detailsOf({ variant: { id }, relation }: VariantRelation): Detail[] {
  const { rows, neurons, frames, shared, logP } = relation;
  const number = (label: string, value: number, unit?: string): Detail =>
    unit === undefined ? { type: 'number', label, value } : { type: 'number', label, value, unit };
  return [
    { type: 'text', label: `to ${id}`, value: phrase(relation) },
    ...(rows && rows.pairs.length > 0
      ? [number(`weights in place, ${id}`, rows.pairs.length / rows.sampled, 'of sampled matrices')]
      : []),
    ...(neurons && shared
      ? [
          number(
            `neurons matched, ${id}`,
            neurons.effect,
            `beyond chance, by ${shared.columns.length} ${shared.by}s`,
          ),
          number(`log10 p, ${id}`, logP / Math.LN10),
        ]
      : []),
    ...(frames ? [number(`aligned attention, ${id}`, frames.cka, `CKA, p ${frames.p}`)] : []),
  ];
}
