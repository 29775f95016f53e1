import { byInformation } from '../core/information.js';
import type { Evidence, Probe, ReferenceProfile, Signal, SignalCalibration } from '../core/types.js';
import logProbabilities from '../fingerprint/probes/log-probabilities.js';
import tokenDistributions from '../fingerprint/probes/token-distributions.js';
import { SIGNALS } from '../registry.js';
import greedyReplies from '../replies/probes/greedy-replies.js';
import { capOf } from '../verdict/groups.js';
import { KIND_CERTAIN } from '../verdict/policy.js';
import type { Plan, Strategy } from './collect.js';
import { rejudged } from './rejudge.js';
import { claimOf, rateOf, type ScoreOptions } from './score.js';

/**
 * Ask what is expected to tell most per token, and stop when the claim is decided. Throws USAGE for a claim that the
 * profile does not have, or an impossible rate of false accusations.
 */
export function untilDecided(profile: ReferenceProfile, options: Omit<ScoreOptions, 'profile'>): Strategy {
  const { expect, signals = SIGNALS } = options;
  const claim = claimOf(profile, options.claim);
  const judged = rejudged(profile, claim, { signals, falseAccusationRate: rateOf(options) });
  return {
    order: (probes, suite) => byInformation(probes, suite, signals, expectedNats(profile.calibration, claim)),
    decided: (evidence, plan) => {
      const { verdict, results } = judged(evidence);
      if (verdict.outcome === 'inconclusive') return false;
      if (expect && !evidence.probes.architecture && plan.probes.some(({ id }) => id === 'architecture'))
        return false;
      if (verdict.outcome === 'refuted' && (verdict.kindProbability ?? 0) >= KIND_CERTAIN) return true;
      if (verdict.outcome === 'refuted' && plan.unfinished) return false;
      const heard = (probe: Probe): boolean =>
        signals.some(
          ({ id, spoofing, needs }) =>
            needs.some((need) => need.id === probe.id) &&
            spoofing !== 'trivial' &&
            results.some((result) => result.id === id && result.status === 'scored'),
        );
      return !couldDiffer(evidence, plan, heard);
    },
  };
}

/** Where each way of asking a model shows what its weights answer. */
const ANSWERS = new Set([logProbabilities, tokenDistributions, greedyReplies].map(({ id }) => id));

/**
 * Whether a probe that costs no tokens could still contradict the verdict, or one of answers: genuine weights under
 * another graph, or behind one address of a service alone, are only seen there. A probe that reads others' data is free
 * once they are there.
 */
function couldDiffer(
  { probes }: Evidence,
  { suite, probes: planned, unfinished }: Plan,
  heard: (probe: Probe) => boolean,
): boolean {
  return planned.some((probe) => {
    if (probes[probe.id]) return probe === unfinished && ANSWERS.has(probe.id) && !heard(probe);
    const free = probe.cost(suite).tokens === 0 && (probe.uses ?? []).every(({ id }) => probes[id]);
    return free || ANSWERS.has(probe.id);
  });
}

/** What the profile measured of a signal; where it did not, most that its group may say. */
function expectedNats(calibration: Readonly<Record<string, SignalCalibration>> = {}, claim: string) {
  return ({ id, group }: Signal): number => {
    const power = Object.hasOwn(calibration, id) ? calibration[id]?.power : undefined;
    const measured = power && (power[claim] ?? Math.max(0, ...Object.values(power)));
    return Math.min(measured ?? Number.POSITIVE_INFINITY, capOf(group));
  };
}
