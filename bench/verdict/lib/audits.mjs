// Every member of every family audited against every claim, from cached evidence.
import { score } from '../../../dist/esm/index.js';
import { AUDIT } from './evidence.mjs';
import { inMode, MODES } from './modes.mjs';
import { distancesTo, natsAgainst } from './nats.mjs';
import { SCENARIOS } from './profiles.mjs';
import { rememberingSignals } from './remember.mjs';
import { claimsOf, truthOf } from './zoo.mjs';

/** The report of `score`; signals that were asked the same before answer from memory. */
export function judged(evidence, profile, claim) {
  return score(evidence, { profile, claim, signals: rememberingSignals(profile) });
}

/** One row per family, claim, scenario, mode, member and, of genuine models, run. */
export async function auditAll(families, { store, profiles, log, repeats, modes = Object.keys(MODES) }) {
  const rows = [];
  for (const family of families) {
    const claims = claimsOf(family);
    log(
      `${family.name}: ${family.members.length} members, claims ${claims.map(({ name }) => name).join(', ')}`,
    );
    for (const claim of claims) {
      for (const member of family.members) {
        const truth = truthOf(member, claim);
        for (const [run, options] of (truth.kind === 'full' ? [AUDIT, ...repeats] : [AUDIT]).entries()) {
          const evidence = await store.get(member.path, options);
          for (const scenario of SCENARIOS) {
            const profile = await profiles.of(family, claim, member, scenario);
            for (const mode of modes) {
              const report = judged(inMode(evidence, mode), profile, claim.name);
              rows.push({
                family: family.name,
                claim: claim.name,
                member,
                run,
                truth,
                scenario,
                mode,
                ...summary(report),
              });
            }
          }
        }
      }
    }
  }
  return rows;
}

function summary(report) {
  const claim = report.claim.variant;
  const { outcome, kind, confidence, posterior, eValue, falseAccusationRate, reasons } = report.verdict;
  return {
    outcome,
    kind,
    confidence,
    claimProbability: posterior[claim] ?? 0,
    eValue,
    falseAccusationRate,
    nats: natsAgainst(report, claim),
    distances: distancesTo(report, claim),
    groups: Object.fromEntries(report.signals.map(({ id, group }) => [id, group])),
    blocked: reasons
      .filter(({ signal }) => !report.signals.some(({ id, status }) => id === signal && status === 'scored'))
      .map(({ sentence }) => sentence),
  };
}

export const genuine = ({ truth }) => truth.kind === 'full';
export const decided = ({ outcome }) => outcome !== 'inconclusive';
/** The claim was upheld where it is true, refuted where it is false. */
export const right = (row) => row.outcome === (genuine(row) ? 'upheld' : 'refuted');
