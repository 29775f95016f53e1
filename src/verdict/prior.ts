import type { VariantView } from '../core/types.js';

/** The claim starts at even odds, whatever the number of alternatives: the burden is on the evidence. */
const CLAIM = 0.5;
/** Another copy of a kind that the profile measured is this much less expected than the ones it measured. */
const UNMEASURED_OF_MEASURED_KIND = 0.1;

/** Probability of every hypothesis, `other` among them, before any evidence. */
export function priorOf(views: readonly VariantView[], claim: string): Record<string, number> {
  const measured = new Set(
    views.filter(({ runs, impliedBy }) => runs.length > 0 && !impliedBy).map(({ kind }) => kind),
  );
  const weights = new Map(
    views.map(({ id, kind, impliedBy }) => [
      id,
      impliedBy !== undefined && measured.has(kind) ? UNMEASURED_OF_MEASURED_KIND : 1,
    ]),
  );
  weights.set('other', 1);
  weights.delete(claim);
  const sum = [...weights.values()].reduce((total, weight) => total + weight, 0);
  const rivals = [...weights].map(([id, weight]): [string, number] => [id, ((1 - CLAIM) * weight) / sum]);
  return { [claim]: CLAIM, ...Object.fromEntries(rivals) };
}
