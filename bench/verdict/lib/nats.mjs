/** Nats of each scored signal against the claim: its best other hypothesis over the claim, before groups and caps. */
export function natsAgainst({ signals }, claim) {
  const scored = signals.filter(({ status }) => status === 'scored');
  const hypotheses = new Set(['other', ...scored.flatMap(({ logLikelihood }) => Object.keys(logLikelihood))]);
  hypotheses.delete(claim);
  return Object.fromEntries(
    scored.flatMap(({ id, logLikelihood }) => {
      const values = Object.values(logLikelihood);
      if (values.length === 0) return [];
      // What a signal does not mention loses nothing by it.
      const best = Math.max(...values);
      const rival = Math.max(...[...hypotheses].map((name) => logLikelihood[name] ?? best));
      return [[id, rival - (logLikelihood[claim] ?? best)]];
    }),
  );
}

/** Distance to the claimed version as each closeness signal states it, by signal. */
export function distancesTo({ signals }, claim) {
  return Object.fromEntries(
    signals.flatMap(({ id, status, details = [] }) => {
      if (status !== 'scored') return [];
      const found = details.find(
        ({ type, label }) =>
          type === 'number' && (label === `to ${claim}` || label.startsWith(`to ${claim},`)),
      );
      return found ? [[id, found.value]] : [];
    }),
  );
}
