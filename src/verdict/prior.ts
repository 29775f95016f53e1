import type { VariantView } from '../core/types.js';

/** The claim starts at even odds, whatever the number of alternatives: the burden is on the evidence. */
const CLAIM = 0.5;

/**
 * Probability of every hypothesis, `other` among them, before any evidence. Kinds share what the claim leaves, strangers and
 * altered copies one share each, so that a profile with many students does not make a student likely.
 */
export function priorOf(views: readonly VariantView[], claim: string): Record<string, number> {
  const rivals = [
    ...views
      .filter(({ id }) => id !== claim)
      .map(({ id, kind }) => ({ id, share: kind === 'other' ? 'altered' : kind })),
    { id: 'other', share: 'other' },
  ];
  return { [claim]: CLAIM, ...evenly(rivals, 1 - CLAIM) };
}

/**
 * How an accusation bets on the rivals of a claim; the weights sum to 1. Tokenizers share it first, so that a profile with
 * many versions of one does not make a bet on those of another small.
 */
export function betsOf(views: readonly VariantView[], claim: string): Record<string, number> {
  const rivals = views
    .filter(({ id }) => id !== claim)
    .map(({ id, tokenStack }) => ({ id, share: tokenStack }));
  return evenly([...rivals, { id: 'other', share: undefined }], 1);
}

interface Rival {
  readonly id: string;
  readonly share: string | undefined;
}

/** Splits a whole among shares first, then within each. */
function evenly(rivals: readonly Rival[], whole: number): Record<string, number> {
  const sizes = new Map<string | undefined, number>();
  for (const { share } of rivals) sizes.set(share, (sizes.get(share) ?? 0) + 1);
  return Object.fromEntries(
    rivals.map(({ id, share }) => [id, whole / sizes.size / (sizes.get(share) ?? 1)]),
  );
}
