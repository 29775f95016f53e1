import type { SignalCalibration, SignalResult } from '../core/types.js';
import { normalizeLog } from '../stats/normalize-log.js';
import { capOf } from './groups.js';

/** Chance that the audit itself is broken in a way no signal models; bounds every stated confidence. */
const UNMODELLED = 1e-4;

/** Natural-log likelihoods by hypothesis, the best at 0. */
export type Logs = Readonly<Record<string, number>>;

export interface Vote {
  readonly group: string;
  readonly signals: readonly string[];
  /** The group's contribution per hypothesis, in nats, best hypothesis at 0. */
  readonly vote: Logs;
  /** Dependent comparisons whose worst the vote is. */
  readonly streams: number;
}

export interface Weighing {
  /** Probability per hypothesis, implied ones included. */
  readonly posterior: Readonly<Record<string, number>>;
  /** Summed log-likelihood per hypothesis. */
  readonly total: Logs;
  readonly votes: readonly Vote[];
}

/**
 * Combine signals into a posterior over the hypotheses that `prior` lists. Missing evidence moves nothing, and what a signal said against
 * references of the claimed version itself (`calibration`) it may say against a candidate for nothing.
 */
export function weigh(
  signals: readonly SignalResult[],
  prior: Readonly<Record<string, number>>,
  calibration: Readonly<Record<string, SignalCalibration>> = {},
): Weighing {
  const hypotheses = Object.keys(prior);
  const groups = [...new Set(signals.map(({ group }) => group))];
  const votes = groups.flatMap((group): Vote[] => {
    const scored = signals.flatMap((signal) =>
      signal.group === group && signal.status === 'scored' ? [signal] : [],
    );
    const rows = scored.map(({ id, logLikelihood }) =>
      relative(logLikelihood, hypotheses, calibration[id]?.noise ?? 0),
    );
    const vote = groupVote(
      rows.filter((row) => row !== null),
      hypotheses,
      capOf(group),
    );
    const streams = scored.reduce((sum, signal) => sum + (signal.streams ?? 1), 0);
    return vote ? [{ group, signals: scored.map(({ id }) => id), vote, streams }] : [];
  });
  const total = Object.fromEntries(
    hypotheses.map((id) => [id, votes.reduce((sum, { vote }) => sum + (vote[id] ?? 0), 0)]),
  );
  const modelled = normalizeLog(
    Object.fromEntries(hypotheses.map((id) => [id, (total[id] ?? 0) + Math.log(prior[id] ?? 0)])),
  );
  const posterior = Object.fromEntries(
    hypotheses.map((id) => [id, (1 - UNMODELLED) * (modelled[id] ?? 0) + UNMODELLED * (prior[id] ?? 0)]),
  );
  return { posterior, total, votes };
}

/**
 * What a signal says of each hypothesis relative to its best, less its noise. Silence is not evidence: a hypothesis it
 * does not name loses nothing. Null where it names none.
 */
export function relative(row: Logs, hypotheses: readonly string[], noise: number): Logs | null {
  const named = Object.values(row);
  if (named.length === 0) return null;
  const best = Math.max(...named);
  return Object.fromEntries(hypotheses.map((id) => [id, Math.min(0, (row[id] ?? best) - best + noise)]));
}

/** The worst any signal of a group says of each hypothesis, cut at the cap: they read the same evidence and are not added up. */
function groupVote(rows: readonly Logs[], hypotheses: readonly string[], cap: number): Logs | null {
  if (rows.length === 0) return null;
  const worst = hypotheses.map((id): [string, number] => [id, Math.min(...rows.map((row) => row[id] ?? 0))]);
  const best = Math.max(...worst.map(([, value]) => value));
  return Object.fromEntries(worst.map(([id, value]) => [id, Math.max(-cap, value - best)]));
}

/** The hypothesis, other than the claim, with the highest log weight. */
export function bestRival(logs: Logs, claim: string): string {
  const rivals = Object.entries(logs).filter(([id]) => id !== claim);
  return rivals.reduce(
    (best, entry) => (entry[1] > best[1] ? entry : best),
    ['other', Number.NEGATIVE_INFINITY],
  )[0];
}
