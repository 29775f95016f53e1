import { decided, genuine, right } from '../lib/audits.mjs';

/** Every verdict that is wrong, open or names a wrong kind, with the nats of each signal against the claim. */
export function errors(rows) {
  return rows
    .filter((row) => !right(row) || (!genuine(row) && row.kind !== row.truth.kind))
    .map((row) => {
      const what = !decided(row) ? 'OPEN' : right(row) ? 'KIND' : genuine(row) ? 'ACCUSED' : 'MISSED';
      const byGroup = new Map();
      for (const [signal, nats] of Object.entries(row.nats)) {
        const group = row.groups[signal];
        byGroup.set(group, [...(byGroup.get(group) ?? []), `${signal} ${nats.toFixed(1)}`]);
      }
      const called = row.outcome === 'refuted' ? `refuted as ${row.kind}` : row.outcome;
      return [
        `${what} ${row.family}/${row.member.name} as ${row.claim} (${row.truth.kind}: ${row.truth.how}), ${row.scenario}, ${row.mode}, run ${row.run}: ${called}, P(claim) ${row.claimProbability.toPrecision(3)}`,
        ...[...byGroup].map(([group, parts]) => `    ${group}: ${parts.join(', ')}`),
        ...row.blocked.map((sentence) => `    blocked: ${sentence}`),
      ].join('\n');
    })
    .join('\n');
}
