import { accusersOf, isMeasured } from './groups.js';
import type { Vote, Weighing } from './weigh.js';

/**
 * E-value against a claim: for each group of signals the likelihood of its rivals, mixed by their priors, over that of
 * the claim, divided by the comparisons it is the worst of; averaged over the groups that could accuse such a candidate,
 * silent ones counting 1. What is read rather than measured has no density: there it is one over the rate at which a
 * genuine candidate is misread. A mean of e-values is an e-value however they depend on each other, and a likelihood ratio of
 * mixtures is a test martingale, so a genuine candidate shows x at any moment with a chance of at most 1/x: as far as
 * the noise models hold, which the caps bound.
 * Source: Ville 1939; Vovk and Wang 2021 (Ann. Statist. 49:1736); Ramdas et al. 2023 (Statist. Sci. 38:576).
 *
 * @param candidateKind decides which groups share the accusation, whatever they turned out to say
 */
export function eValueAgainst(
  claim: string,
  { votes, prior }: Pick<Weighing, 'votes' | 'prior'>,
  candidateKind: string,
): number {
  const groups = accusersOf(candidateKind);
  const values = groups.map((group) => {
    const found = votes.find((vote) => vote.group === group);
    return found ? groupEValue(claim, found, prior) : 1;
  });
  return values.reduce((sum, value) => sum + value, 0) / groups.length;
}

function groupEValue(claim: string, { group, vote, streams }: Vote, prior: Weighing['prior']): number {
  if (!isMeasured(group)) return Math.exp(-(vote[claim] ?? 0)) / streams;
  const rivals = Object.entries(prior).filter(([id]) => id !== claim);
  const mass = rivals.reduce((sum, [, weight]) => sum + weight, 0);
  const mixed = rivals.reduce((sum, [id, weight]) => sum + weight * Math.exp(vote[id] ?? 0), 0);
  return mixed / mass / Math.exp(vote[claim] ?? 0) / streams;
}
