// What rivals may look at: each audit of the scenario with one trusted reference, as numbers.
import { AUDIT, REFERENCE_RUNS } from './evidence.mjs';
import { guideFeatures } from './guide-features.mjs';
import { claimsOf } from './zoo.mjs';

/** Distances span decades; nats of facts are hard to compare beyond this many. */
const SMALLEST = 1e-6;
const MOST_NATS = 20;

/** Audits with the guides' features beside the reference's and, by name, all that the signals measured. */
export async function rivalRows(families, audits, { store, repeats }) {
  const rows = [];
  const inputs = audits.filter(({ scenario, mode }) => scenario === 'reference' && mode === 'delivery');
  for (const family of families) {
    const claims = new Map(claimsOf(family).map((claim) => [claim.name, claim]));
    for (const audit of inputs.filter((row) => row.family === family.name)) {
      const own = guideFeatures(await store.get(audit.member.path, [AUDIT, ...repeats][audit.run]));
      const reference = guideFeatures(await store.get(claims.get(audit.claim).path, REFERENCE_RUNS[0]));
      rows.push({ ...audit, guide: own && reference && compared(own, reference), measured: measured(audit) });
    }
  }
  return rows;
}

const compared = (own, reference) => ({
  sameHeads: own.heads === reference.heads,
  entropy: own.entropy / reference.entropy - 1,
  repetition: own.repetition / reference.repetition - 1,
});

function measured({ distances, nats }) {
  const entries = Object.entries(nats).map(([id, value]) => {
    const distance = distances[id];
    if (distance === undefined) return [id, Math.max(-MOST_NATS, Math.min(MOST_NATS, value))];
    return [id, Math.log(SMALLEST + Math.abs(id === 'tail-correlation' ? 1 - distance : distance))];
  });
  return Object.fromEntries(entries);
}
