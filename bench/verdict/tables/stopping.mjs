// What an audit spends that stops once the claim is decided, beside one that runs every probe; each audit is run for real.
import { audit } from '../../../dist/esm/index.js';
import { percent, table } from '../lib/text-table.mjs';
import { claimsOf, KINDS, truthOf } from '../lib/zoo.mjs';

const OPTIONS = { seed: 99, threads: 1 };
const STOPS = ['complete', 'decided'];

/** One row per kind: the first model of each making, audited against its family's first full model. */
export async function stopping(families, { profiles, log }, style) {
  const rows = [];
  for (const family of families) {
    const [claim] = claimsOf(family);
    for (const member of firstOfEach(family, claim)) {
      const profile = await profiles.of(family, claim, member, 'informed');
      const row = { truth: truthOf(member, claim).kind };
      for (const stop of STOPS) row[stop] = await measured(member.path, { profile, claim: claim.name, stop });
      rows.push(row);
    }
    log(`stopping: ${family.name}`);
  }
  return table(
    [
      'truth',
      'audits',
      'probes run',
      'of',
      'passages read',
      'of',
      'seconds, of those of all',
      'same outcome and kind',
    ],
    [...KINDS, 'all'].flatMap((kind) => {
      const some = rows.filter(({ truth }) => kind === 'all' || truth === kind);
      if (some.length === 0) return [];
      const mean = (stop, what) => some.reduce((sum, row) => sum + row[stop][what], 0) / some.length;
      const same = some.filter(({ complete, decided }) => complete.verdict === decided.verdict).length;
      return [
        [
          kind,
          some.length,
          ...['probes', 'passages'].flatMap((what) => [
            mean('decided', what).toFixed(1),
            mean('complete', what).toFixed(1),
          ]),
          percent(mean('decided', 'seconds') / mean('complete', 'seconds'), 0),
          `${same} of ${some.length}`,
        ],
      ];
    }),
    style,
  );
}

function firstOfEach({ members }, claim) {
  const seen = new Set();
  return members.filter((member) => {
    const { kind, how } = truthOf(member, claim);
    const key = `${kind} ${how} ${member.form}`;
    return !seen.has(key) && seen.add(key);
  });
}

async function measured(path, options) {
  const started = performance.now();
  let seen;
  const { verdict } = await audit(path, {
    ...OPTIONS,
    ...options,
    onEvidence: (evidence) => (seen = evidence),
  });
  const ran = Object.values(seen.probes).filter(({ status }) => status === 'ok');
  const scored = seen.probes['log-probabilities'];
  return {
    verdict: `${verdict.outcome} ${verdict.kind}`,
    probes: ran.length,
    passages: scored?.status === 'ok' ? scored.data.texts.length : 0,
    seconds: (performance.now() - started) / 1000,
  };
}
