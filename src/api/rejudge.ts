import { runSignals, viewsOf } from '../core/run-signals.js';
import type { Evidence, ReferenceProfile, Signal, SignalResult, Verdict } from '../core/types.js';
import { judge } from '../verdict/policy.js';

export interface Judged {
  readonly verdict: Verdict;
  readonly results: readonly SignalResult[];
}

/** Judges evidence that grows: signals whose evidence is as it was at the last look are not scored again. */
export function rejudged(
  profile: ReferenceProfile,
  claim: string,
  {
    signals,
    falseAccusationRate,
  }: { readonly signals: readonly Signal[]; readonly falseAccusationRate: number },
): (evidence: Evidence) => Judged {
  const { variants } = viewsOf(profile, []);
  const last = new Map<Signal, { readonly read: readonly unknown[]; readonly results: SignalResult[] }>();
  const resultsOf = (evidence: Evidence, signal: Signal): SignalResult[] => {
    const read = [...signal.needs, ...(signal.wants ?? [])].map(({ id }) => dataOf(evidence, id));
    const known = last.get(signal);
    if (known?.read.every((data, i) => data === read[i])) return known.results;
    const results = runSignals(evidence, profile, [signal]);
    last.set(signal, { read, results });
    return results;
  };
  return (evidence) => {
    const results = signals.flatMap((signal) => resultsOf(evidence, signal));
    return { verdict: judge(evidence, profile, claim, results, variants, { falseAccusationRate }), results };
  };
}

function dataOf({ probes }: Evidence, id: string): unknown {
  const status = probes[id];
  return status?.status === 'ok' ? status.data : undefined;
}
