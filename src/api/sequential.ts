import { byInformation } from '../core/information.js';
import type { Evidence, Probe, ReferenceProfile, Signal, SignalCalibration } from '../core/types.js';
import logProbabilities from '../fingerprint/probes/log-probabilities.js';
import tokenDistributions from '../fingerprint/probes/token-distributions.js';
import { SIGNALS } from '../registry.js';
import greedyReplies from '../replies/probes/greedy-replies.js';
import type { Plan, Strategy } from './collect.js';
import { rejudged } from './rejudge.js';
import { claimOf, type ScoreOptions } from './score.js';

/**
 * Ask what is expected to tell most per token, and stop when the claim is decided. Throws USAGE for a claim that the
 * profile does not have.
 */
export function untilDecided(
  profile: ReferenceProfile,
  { claim: stated, expect, signals = SIGNALS }: Omit<ScoreOptions, 'profile'>,
): Strategy {
  const claim = claimOf(profile, stated);
  const judged = rejudged(profile, claim, signals);
  return {
    order: (probes, suite) => byInformation(probes, suite, signals, expectedNats(profile.calibration, claim)),
    decided: (evidence, plan) => {
      const { verdict, results } = judged(evidence);
      if (verdict.outcome === 'inconclusive') return false;
      if (expect && !evidence.probes.architecture && plan.probes.some(({ id }) => id === 'architecture'))
        return false;
      if (verdict.outcome === 'refuted' && verdict.kind !== 'unknown') return true;
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

/**
 * About what groups told versions apart by on the fixture families, in nats, where the profile has not measured it.
 * Only the order of probes depends on it.
 */
const STATED_NATS: Readonly<Record<string, number>> = {
  identity: 20,
  architecture: 14,
  precision: 14,
  'log-probabilities': 14,
  signature: 14,
  'token-counts': 12,
  'token-boundaries': 12,
  vocabulary: 12,
  lineage: 8,
  claims: 5,
  tokenizer: 5,
  behaviour: 2,
};
const UNSTATED_NATS = 0.5;

function expectedNats(calibration: Readonly<Record<string, SignalCalibration>> = {}, claim: string) {
  return ({ id, group }: Signal): number => {
    const power = Object.hasOwn(calibration, id) ? calibration[id]?.power : undefined;
    if (power === undefined) return STATED_NATS[group] ?? UNSTATED_NATS;
    return Math.max(0, power[claim] ?? Math.max(0, ...Object.values(power)));
  };
}
