import { accusersOf, isMeasured } from './groups.js';
import type { Vote } from './weigh.js';

/**
 * E-value against a claim: for each group of signals the likelihood of its rivals, mixed by `bets`, over that of the
 * claim, divided by the comparisons it is the worst of; averaged over the groups that could accuse such a candidate, by
 * fixed shares, silent ones counting 1. What is read rather than measured has no density: there it is one over the rate at which a
 * genuine candidate is misread. A mean of e-values is an e-value however they depend on each other, and a likelihood
 * ratio of mixtures is a test martingale, so a genuine candidate shows x at any moment with a chance of at most 1/x: as
 * far as the noise models hold, which the caps bound.
 * Source: Ville 1939; Vovk and Wang 2021 (Ann. Statist. 49:1736); Ramdas et al. 2023 (Statist. Sci. 38:576).
 *
 * @param bets weight of every rival, fixed before anything is measured; they sum to 1
 * @param candidateKind decides which groups share the accusation, whatever they turned out to say
 */
export function eValueAgainst(
  claim: string,
  votes: readonly Vote[],
  bets: Readonly<Record<string, number>>,
  candidateKind: string,
): number {
  return Object.entries(accusersOf(candidateKind)).reduce((sum, [group, share]) => {
    const found = votes.find((vote) => vote.group === group);
    return sum + share * (found ? groupEValue(claim, found, bets) : 1);
  }, 0);
}

function groupEValue(
  claim: string,
  { group, vote, streams }: Vote,
  bets: Readonly<Record<string, number>>,
): number {
  if (!isMeasured(group)) return Math.exp(-(vote[claim] ?? 0)) / streams;
  const mixed = Object.entries(bets).reduce((sum, [id, weight]) => sum + weight * Math.exp(vote[id] ?? 0), 0);
  return mixed / Math.exp(vote[claim] ?? 0) / streams;
}
