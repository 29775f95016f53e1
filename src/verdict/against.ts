import type { Outcome, Reason } from '../core/types.js';
import { hypothesisName } from './hypothesis-name.js';
import { rounded, type Testimony } from './testimony.js';
import { bestRival, type Weighing } from './weigh.js';

/** How far an accusation got. */
export interface Accusation {
  readonly weighing: Pick<Weighing, 'posterior'>;
  readonly outcome: Outcome;
  readonly eValue?: number;
  readonly falseAccusationRate?: number;
}

/** Testimony by side. Of an open case, `against` is what speaks for the side with less weight. */
export interface Sides {
  readonly reasons: readonly Reason[];
  readonly against: readonly Reason[];
}

/** Sorted testimony told as reasons for one side, 1 being against the claim, and as evidence against that. */
export function sidesOf(side: 1 | -1, sorted: readonly Testimony[]): Sides {
  const agree = sorted.filter(({ nats }) => Math.sign(nats) === side);
  const differ = sorted.filter(({ nats }) => Math.sign(nats) !== side);
  return {
    reasons: [...told(agree), ...differ.flatMap(({ outvoted }) => outvoted)],
    against: [...told(differ), ...agree.flatMap(({ outvoted }) => outvoted)],
  };
}

/** Votes first, then what shares them: a reader who stops early has read all votes. */
function told(testimony: readonly Testimony[]): Reason[] {
  return [...testimony.map(({ carried }) => carried), ...testimony.flatMap(({ shared }) => shared)];
}

/** The likeliest alternative to a claim that leads. */
export function rivalLeft({ posterior, total }: Weighing, claim: string): Reason {
  const rival = bestRival(posterior, claim);
  const percent = Number(((posterior[rival] ?? 0) * 100).toPrecision(2));
  return {
    signal: 'verdict',
    sentence: `What remains most probable besides "${claim}" is ${hypothesisName(rival)}, at ${percent} %.`,
    nats: rounded((total[rival] ?? 0) - (total[claim] ?? 0)),
  };
}

/** Against the claim, for it, or in an open case the side with more weight; the burden is on the accuser. */
export function sideOf(outcome: Outcome, sorted: readonly Testimony[]): 1 | -1 {
  if (outcome !== 'inconclusive') return outcome === 'refuted' ? 1 : -1;
  return sorted.reduce((sum, { nats }) => sum + nats, 0) > 0 ? 1 : -1;
}

/**
 * Why the evidence against a claim does not refute it, where that is not plain: a claim is refuted when one kind of
 * evidence accuses enough by itself and all of it together leaves the claim improbable.
 */
export function haltedAccusation(
  { weighing, outcome, eValue, falseAccusationRate }: Accusation,
  claim: string,
): Reason[] {
  if (outcome === 'refuted' || eValue === undefined || falseAccusationRate === undefined) return [];
  const improbable = (weighing.posterior[claim] ?? 0) <= falseAccusationRate;
  const accused = eValue >= 1 / falseAccusationRate;
  if (improbable === accused) return [];
  const from = Number((1 / falseAccusationRate).toPrecision(4));
  return [
    {
      signal: 'verdict',
      sentence: improbable
        ? `The evidence leaves "${claim}" improbable, but no kind of it accuses enough by itself: the e-value is ${Number(eValue.toPrecision(2))}, and a claim is refuted from ${from} on.`
        : `One kind of evidence accuses enough to refute "${claim}" (an e-value of ${from} or more), but all of it together leaves the claim more probable than 1 in ${from}.`,
    },
  ];
}
