import type { VariantView } from '../core/types.js';

/** The claim starts at even odds, whatever the number of alternatives: the burden is on the evidence. */
const CLAIM = 0.5;

/** Probability of every hypothesis, `other` among them, before any evidence. */
export function priorOf(views: readonly VariantView[], claim: string): Record<string, number> {
  const rivals = [...views.map(({ id }) => id).filter((id) => id !== claim), 'other'];
  return { [claim]: CLAIM, ...Object.fromEntries(rivals.map((id) => [id, (1 - CLAIM) / rivals.length])) };
}
