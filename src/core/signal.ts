import type { ErrorRecord } from './errors.js';
import type { Probe } from './evidence.js';
import type { FactValue, PublishedFile, VersionKind } from './reference.js';

/** How cheaply a seller could fake what a signal sees. */
export type Spoofing = 'trivial' | 'costly' | 'infeasible';

/** A rendered-agnostic row of evidence: report formats know these shapes and no signal. */
export type Detail =
  | { readonly type: 'number'; readonly label: string; readonly value: number; readonly unit?: string }
  | { readonly type: 'text'; readonly label: string; readonly value: string }
  | {
      readonly type: 'heatmap';
      readonly label: string;
      readonly unit: string;
      readonly rows: readonly (readonly number[])[];
    }
  | {
      readonly type: 'samples';
      readonly label: string;
      readonly unit: string;
      readonly values: readonly number[];
    };

export interface Measured {
  readonly status: 'scored';
  readonly observed: string;
  /** Expected observation per variant. */
  readonly expected: Readonly<Record<string, string>>;
  /** Natural-log likelihood per variant id and `other`; a missing key says nothing. */
  readonly logLikelihood: Readonly<Record<string, number>>;
  /** Independent observations behind the number. */
  readonly n: number;
  /** Dependent comparisons whose worst is the likelihood: an e-value pays for the choice. 1 by default. */
  readonly streams?: number;
  readonly details: readonly Detail[];
}
export interface Skipped {
  readonly status: 'skipped';
  readonly reason: string;
}

/**
 * What a signal sees of one variant: facts a public source or a measurement confirms, digests, and the data of the
 * probes it needs, one entry per run.
 */
export interface VariantView {
  readonly id: string;
  readonly kind: VersionKind;
  readonly facts: Readonly<Record<string, FactValue>>;
  /** Facts that nothing confirms, to be shown; they weigh nothing. */
  readonly unconfirmed?: Readonly<Record<string, FactValue>>;
  readonly tokenStack?: string;
  readonly responseKeys?: readonly string[];
  readonly digests: readonly string[];
  /** Digest book of its releases. */
  readonly files?: readonly PublishedFile[];
  readonly runs: readonly { readonly artifact: string; readonly data: Readonly<Record<string, unknown>> }[];
  /** Set on an alternative the profile does not measure: what a changed copy of this variant would look like. */
  readonly impliedBy?: string;
}

/** The data a signal asked for, by probe id. */
export interface SignalInput {
  readonly candidate: Readonly<Record<string, unknown>>;
  /** Hypotheses: measured variants and the changed copies they imply. */
  readonly variants: readonly VariantView[];
  /** References of kind `other`: they show how a stranger looks, and are no hypothesis of their own. */
  readonly strangers: readonly VariantView[];
}

/** Pure and synchronous: evidence in, likelihoods out. Declares the probes it reads and sees nothing else. */
export interface Signal {
  readonly id: string;
  readonly title: string;
  /** Signals of one group read the same evidence and share one vote. */
  readonly group: string;
  readonly spoofing: Spoofing;
  readonly needs: readonly Probe[];
  /** Probes it also reads where the evidence has them: older evidence, and probes left out, do not silence it. */
  readonly wants?: readonly Probe[];
  score(input: SignalInput): Measured | Skipped;
}

export type SignalResult = {
  readonly id: string;
  readonly title: string;
  readonly group: string;
  readonly spoofing: Spoofing;
} & (Measured | Skipped | { readonly status: 'errored'; readonly error: ErrorRecord });
