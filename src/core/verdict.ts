import type { ErrorRecord } from './errors.js';
import type { VersionKind } from './reference.js';
import type { SignalResult } from './signal.js';

export type Outcome = 'upheld' | 'refuted' | 'inconclusive';

/** `sentence` is written by the policy from codes and numbers; it never quotes the candidate. */
export interface Reason {
  readonly signal: string;
  readonly sentence: string;
  /** Natural log of the Bayes factor against the claim, negative where it speaks for it; absent where it blocks, or has no vote of its own. */
  readonly nats?: number;
}

/** Evidence that an open case lacks, and what collecting it would cost beyond what was spent, where that is known. */
export interface Remedy {
  readonly sentence: string;
  readonly requests?: number;
  readonly tokens?: number;
}

export interface Verdict {
  readonly outcome: Outcome;
  readonly kind: VersionKind | 'unknown';
  /** Probability that it is of this kind, be it a variant of the profile or not; null where the kind is unknown. */
  readonly kindProbability: number | null;
  readonly variant: string | null;
  readonly confidence: number;
  readonly posterior: Readonly<Record<string, number>>;
  /**
   * E-value against the claim, averaged over streams of evidence that may depend on each other: of genuine
   * deliveries, however often one looks and whenever one stops, at most a share of 1/x ever shows x.
   */
  readonly eValue: number;
  /** Accepted rate of false accusations: the claim is refuted from an e-value of 1/this on. */
  readonly falseAccusationRate: number;
  /** In order of weight. */
  readonly reasons: readonly Reason[];
  /** Strongest evidence against the verdict, strongest first; empty where all agrees. */
  readonly against: readonly Reason[];
  readonly wouldDecide: readonly Remedy[];
  /** How a cheating seller could have produced this evidence. */
  readonly evasions: readonly string[];
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
