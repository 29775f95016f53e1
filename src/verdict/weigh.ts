import type { SignalResult } from '../core/types.js';
import { normalizeLog } from '../stats/normalize-log.js';

/**
 * Most a group of signals may say for one hypothesis over another, in nats. Caps follow what the evidence costs
 * to fake and how well its noise is known: a digest nearly decides, and what metadata say of themselves hints. Descent
 * was measured on small models only, without a false call. Description, which showed no power between versions of the
 * fixture families, and attention, which tells copies there but was measured on small models only, can but tip a balance.
 */
const CAP: Readonly<Record<string, number>> = {
  identity: 20,
  claims: 5,
  lineage: 8,
  architecture: 14,
  precision: 14,
  'log-probabilities': 14,
  tokenizer: 5,
  'token-counts': 12,
  'token-boundaries': 12,
  vocabulary: 12,
  behaviour: 2,
  text: 0.5,
  service: 1,
  signature: 14,
  attention: 0.5,
  repetition: 0.5,
  latency: 0,
};
/** A group nobody has calibrated is shown and does not weigh. */
const UNKNOWN_CAP = 0;

/** The claim starts at even odds, whatever the number of alternatives: the burden is on the evidence. */
const CLAIM_PRIOR = 0.5;

/** Chance that the audit itself is broken in a way no signal models; bounds every stated confidence. */
const UNMODELLED = 1e-4;

export interface Weighing {
  /** Probability per hypothesis, implied ones included. */
  readonly posterior: Readonly<Record<string, number>>;
  /** Summed log-likelihood per hypothesis. */
  readonly total: Readonly<Record<string, number>>;
  /** Each group's contribution per hypothesis, in nats, best hypothesis at 0. */
  readonly votes: readonly {
    readonly group: string;
    readonly signals: readonly string[];
    readonly vote: Readonly<Record<string, number>>;
  }[];
}

/** Combine signals into a posterior over hypotheses. Missing evidence moves nothing. */
export function weigh(
  signals: readonly SignalResult[],
  hypotheses: readonly string[],
  claim: string,
): Weighing {
  const groups = [...new Set(signals.map(({ group }) => group))];
  const votes = groups.flatMap((group) => {
    const scored = signals.filter((signal) => signal.group === group && signal.status === 'scored');
    const rows = scored.flatMap((signal) => (signal.status === 'scored' ? [signal.logLikelihood] : []));
    const vote = groupVote(rows, hypotheses, CAP[group] ?? UNKNOWN_CAP);
    return vote ? [{ group, signals: scored.map(({ id }) => id), vote }] : [];
  });
  const rivals = Math.max(1, hypotheses.length - 1);
  const total = Object.fromEntries(
    hypotheses.map((id) => [id, votes.reduce((sum, { vote }) => sum + (vote[id] ?? 0), 0)]),
  );
  const prior = (id: string): number => (id === claim ? CLAIM_PRIOR : (1 - CLAIM_PRIOR) / rivals);
  const modelled = normalizeLog(
    Object.fromEntries(hypotheses.map((id) => [id, (total[id] ?? 0) + Math.log(prior(id))])),
  );
  const posterior = Object.fromEntries(
    hypotheses.map((id) => [id, (1 - UNMODELLED) * (modelled[id] ?? 0) + UNMODELLED * prior(id)]),
  );
  return { posterior, total, votes };
}

/**
 * The worst any signal of a group says about each hypothesis, relative to what it says of its best, cut at the
 * cap. Signals of a group read the same evidence, so they are never added up. A hypothesis a signal says nothing
 * about loses nothing by it: silence is not evidence.
 */
function groupVote(
  rows: readonly Readonly<Record<string, number>>[],
  hypotheses: readonly string[],
  cap: number,
): Record<string, number> | null {
  const speaking = rows.filter((row) => Object.keys(row).length > 0);
  if (speaking.length === 0) return null;
  const worst = hypotheses.map((id): [string, number] => {
    const values = speaking.map((row) => {
      const best = Math.max(...Object.values(row));
      return (row[id] ?? best) - best;
    });
    return [id, Math.min(...values)];
  });
  const best = Math.max(...worst.map(([, value]) => value));
  return Object.fromEntries(worst.map(([id, value]) => [id, Math.max(-cap, value - best)]));
}

/** The hypothesis, other than the claim, with the highest log weight. */
export function bestRival(logs: Readonly<Record<string, number>>, claim: string): string {
  const rivals = Object.entries(logs).filter(([id]) => id !== claim);
  return rivals.reduce(
    (best, entry) => (entry[1] > best[1] ? entry : best),
    ['other', Number.NEGATIVE_INFINITY],
  )[0];
}
