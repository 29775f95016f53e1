import type { VariantView } from '../core/types.js';

/** The claim starts at even odds, whatever the number of alternatives: the burden is on the evidence. */
const CLAIM = 0.5;

/** Probability of every hypothesis, `other` among them, before any evidence. */
export function priorOf(views: readonly VariantView[], claim: string): Record<string, number> {
  const rivals = [...views.map(({ id }) => id).filter((id) => id !== claim), 'other'];
  return { [claim]: CLAIM, ...Object.fromEntries(rivals.map((id) => [id, (1 - CLAIM) / rivals.length])) };
}

/**
 * How an accusation bets on the rivals of a claim; the weights sum to 1. Tokenizers share it first, so that a profile with
 * many versions of one does not make a bet on those of another small.
 */
export function betsOf(views: readonly VariantView[], claim: string): Record<string, number> {
  const rivals = [...views.filter(({ id }) => id !== claim), { id: 'other', tokenStack: undefined }];
  const sizes = new Map<string | undefined, number>();
  for (const { tokenStack } of rivals) sizes.set(tokenStack, (sizes.get(tokenStack) ?? 0) + 1);
  return Object.fromEntries(
    rivals.map(({ id, tokenStack }) => [id, 1 / sizes.size / (sizes.get(tokenStack) ?? 1)]),
  );
}
