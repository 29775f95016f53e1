import type { ErrorRecord } from './errors.js';
import type { VersionKind } from './reference.js';
import type { SignalResult } from './signal.js';

export type Outcome = 'upheld' | 'refuted' | 'inconclusive';

/** `sentence` is written by the policy from codes and numbers; it never quotes the candidate. */
export interface Reason {
  readonly signal: string;
  readonly sentence: string;
}

export interface Verdict {
  readonly outcome: Outcome;
  readonly kind: VersionKind | 'unknown';
  readonly variant: string | null;
  readonly confidence: number;
  readonly posterior: Readonly<Record<string, number>>;
  /** Bayes factor against the claim: how many times better its strongest rival explains the evidence. */
  readonly eValue: number;
  readonly reasons: readonly Reason[];
  readonly wouldDecide: readonly string[];
}

export interface Clause {
  readonly id: string;
  readonly expected: string;
  readonly observed: string;
  readonly passed: boolean;
}

export interface Report {
  readonly schema: 'report/1';
  readonly tool: { readonly name: string; readonly version: string };
  readonly candidate: { readonly kind: string; readonly label: string; readonly digest: string | null };
  readonly claim: { readonly profile: string; readonly variant: string };
  readonly verdict: Verdict;
  readonly signals: readonly SignalResult[];
  readonly clauses: readonly Clause[];
  readonly probes: Readonly<
    Record<string, { readonly status: string; readonly error?: ErrorRecord; readonly missing?: string }>
  >;
  readonly environment: Readonly<Record<string, string | number>>;
  readonly inputs: { readonly evidence: string; readonly profile: string };
  readonly warnings: readonly string[];
}
