import type { ErrorRecord } from './errors.js';
import type { Rng } from './rng.js';

/** What is to be audited. Paths may be a folder or one model file. */
export type CandidateSpec =
  | { readonly kind: 'onnx'; readonly path: string }
  | { readonly kind: 'gguf' | 'safetensors'; readonly path: string }
  | {
      readonly kind: 'endpoint';
      readonly baseUrl: string;
      readonly model: string;
      readonly apiKeyEnv?: string;
    };

/** One delivered file. `sha256` is lower-case hex. */
export interface FileDigest {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Where a structural value was read. */
export type FactSource = 'shapes' | 'config' | 'graph' | 'metadata';

/** A structural value and its origin. */
export interface Fact<T> {
  readonly value: T;
  readonly from: FactSource;
}

/** Two sources that disagree about one structural fact. */
export interface Contradiction {
  readonly fact: string;
  readonly values: Readonly<Partial<Record<FactSource, number | string>>>;
}

/** Chat message as templates expect it. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** Per-head statistics of one forward pass; arrays are [layers][heads], entropy in bits. */
export interface AttentionStatistics {
  readonly tokens: number;
  readonly entropyBits: readonly (readonly number[])[];
  readonly normalizedEntropy: readonly (readonly number[])[];
  readonly firstTokenMass: readonly (readonly number[])[];
  readonly meanDistance: readonly (readonly number[])[];
}

/** One decoded continuation. `tokenMs[0]` is the prefill and first token, the rest are decode steps. */
export interface Generation {
  readonly ids: readonly number[];
  readonly tokenMs: readonly number[];
  readonly stopped: 'eos' | 'length';
}

/**
 * Natural-log probabilities of one text under teacher forcing, at positions 1..n-1.
 * `target` is the probability of the token that follows; `sample[p]` holds a fixed set of vocabulary ids.
 */
export interface TextLogProbs {
  readonly ids: readonly number[];
  readonly target: readonly number[];
  readonly entropy: readonly number[];
  readonly argmax: readonly number[];
  readonly sample: readonly (readonly number[])[];
}

/** Digests of a delivery. `weights` lists the paths that hold the audited weights. */
export interface FilesEvidence {
  readonly files: readonly FileDigest[];
  /** SHA-256 over the sorted manifest of all files. */
  readonly digest: string;
  readonly weights: readonly string[];
  /** SHA-256 over the digests of the weight files alone, so that renaming or a new tokenizer keeps it. */
  readonly weightsDigest: string;
}

export interface FilesCapability {
  digest(options: {
    readonly signal?: AbortSignal | undefined;
    readonly onBytes?: (done: number, total: number) => void;
  }): Promise<FilesEvidence>;
}

/** A graph input or output; symbolic dimensions keep their name. */
export interface Port {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly (number | string)[];
}

/** One stored weight: logical dimensions and bits per number. */
export interface WeightTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: string;
  readonly bits: number;
}

/** What a model file says about itself, before anyone interprets it. */
export interface ModelStructure {
  readonly format: CandidateSpec['kind'];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly tensors: readonly WeightTensor[];
  /** Dimensions [vocabulary, hidden] of the token embedding, when the graph shows it. */
  readonly embedding: readonly [number, number] | null;
  /** Attention sites in graph order, with what each shows of its heads: declared, or split by a reshape; 0 when unknown. */
  readonly fusedAttention: readonly {
    readonly operator: string;
    readonly heads: number;
    readonly keyValueHeads: number;
    readonly headDim?: number;
  }[];
  readonly operators: Readonly<Record<string, number>>;
  /** config.json, or null when absent. */
  readonly config: Readonly<Record<string, unknown>> | null;
}

export interface WeightsCapability {
  /** Read the model file and its configuration; runs nothing. */
  structure(signal?: AbortSignal): Promise<ModelStructure>;
}

export interface TokensCapability {
  encode(text: string, options?: { readonly special?: boolean }): Promise<readonly number[]>;
  decode(ids: readonly number[]): Promise<string>;
  /** Render chat messages; null when the candidate ships no template. */
  chat(messages: readonly ChatMessage[]): Promise<string | null>;
}

export interface LogitsCapability {
  /** Teacher-forced log-probabilities; `vocabularySample` lists the ids reported at every position. */
  score(
    sequences: readonly (readonly number[])[],
    vocabularySample: readonly number[],
    options?: { readonly batch?: number },
  ): Promise<readonly TextLogProbs[]>;
}

export interface AttentionCapability {
  measure(ids: readonly number[]): Promise<AttentionStatistics>;
}

export interface SamplingOptions {
  readonly maxNewTokens: number;
  /** 0 is greedy. */
  readonly temperature?: number;
  readonly seed?: number;
  /** Keep decoding after an end token, so that timing and repetition samples have equal length. */
  readonly ignoreEos?: boolean;
}

export interface SamplingCapability {
  generate(ids: readonly number[], options: SamplingOptions): Promise<Generation>;
}

/** Everything a probe may ask of a candidate. */
export interface Capabilities {
  readonly files: FilesCapability;
  readonly weights: WeightsCapability;
  readonly tokens: TokensCapability;
  readonly logits: LogitsCapability;
  readonly attention: AttentionCapability;
  readonly sampling: SamplingCapability;
}
export type CapabilityName = keyof Capabilities;

/** An opened candidate: the capabilities it has, and its identity for reports. */
export interface ModelSource {
  readonly kind: CandidateSpec['kind'];
  readonly label: string;
  readonly capabilities: Partial<Capabilities>;
  /** Longest context the candidate accepts, in tokens; undefined when unknown. */
  readonly maxPositions: number | undefined;
  /** What the reader of a report should know about how the candidate was opened. */
  readonly warnings: readonly string[];
  /** Versions and machine, as far as known by now. */
  environment(): Readonly<Record<string, string | number>>;
  close(): Promise<void>;
}

/** Structure of a decoder or encoder. Every scalar says where it came from. */
export interface Architecture {
  readonly family: Fact<string> | null;
  readonly layers: Fact<number> | null;
  readonly hiddenSize: Fact<number> | null;
  readonly attentionHeads: Fact<number> | null;
  readonly keyValueHeads: Fact<number> | null;
  readonly headDim: Fact<number> | null;
  readonly vocabSize: Fact<number> | null;
  /** Numbers stored in weight tensors, each tensor counted once. */
  readonly parameters: Fact<number> | null;
  readonly maxPositions: Fact<number> | null;
  /** Storage of the weight matrices: bits of the narrowest type that holds at least a tenth of them. */
  readonly weightBits: Fact<number> | null;
  readonly weightTypes: Readonly<Record<string, number>>;
  readonly contradictions: readonly Contradiction[];
}

export type ProbeStatus<T = unknown> =
  | { readonly status: 'ok'; readonly version: number; readonly data: T }
  | { readonly status: 'unavailable'; readonly missing: string }
  | { readonly status: 'failed'; readonly error: ErrorRecord };

/** Everything measured about a candidate: plain JSON, self-contained, re-scorable offline. */
export interface Evidence {
  readonly schema: 'evidence/1';
  readonly tool: { readonly name: string; readonly version: string };
  readonly candidate: { readonly kind: string; readonly label: string; readonly digest: string | null };
  readonly collectedAt: string;
  readonly environment: Readonly<Record<string, string | number>>;
  readonly seed: number;
  readonly suite: { readonly id: string; readonly tier: string; readonly sha256: string };
  readonly probes: Readonly<Record<string, ProbeStatus>>;
  readonly warnings: readonly string[];
}

/** One prompt of the probe suite. */
export interface SuitePrompt {
  readonly id: string;
  readonly category: string;
  readonly language: string;
  readonly messages: readonly ChatMessage[];
}

/** One passage scored under teacher forcing. */
export interface SuiteText {
  readonly id: string;
  readonly language: string;
  readonly text: string;
}

/** The part of a suite one tier uses, with its budgets in tokens. */
export interface Suite {
  readonly id: string;
  readonly tier: 'quick' | 'standard' | 'deep';
  readonly sha256: string;
  readonly prompts: readonly SuitePrompt[];
  readonly texts: readonly SuiteText[];
  readonly budget: {
    readonly newTokens: number;
    readonly promptTokens: number;
    readonly textTokens: number;
    readonly latencyRuns: number;
    readonly latencyTokens: number;
  };
}

export type ProgressEvent =
  | { readonly type: 'probe-start'; readonly probe: string; readonly index: number; readonly total: number }
  | { readonly type: 'probe-progress'; readonly probe: string; readonly done: number; readonly total: number }
  | { readonly type: 'probe-end'; readonly probe: string; readonly status: ProbeStatus['status'] };

/** What a probe is given besides its capabilities. */
export interface ProbeContext {
  readonly suite: Suite;
  readonly seed: number;
  readonly rng: Rng;
  readonly maxPositions: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly progress: (done: number, total: number) => void;
  readonly warn: (message: string) => void;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Data of an earlier probe named in `uses`. */
  readonly earlier: <U>(probe: Probe<U>) => U;
}

/**
 * Gathers evidence and never judges. `requires` are the capabilities it is handed; a candidate that lacks
 * one makes the probe `unavailable`, an exception makes it `failed`.
 */
export interface Probe<T = unknown> {
  readonly id: string;
  readonly version: number;
  readonly requires: readonly CapabilityName[];
  readonly uses?: readonly Probe[];
  /** Expected cost for a suite, for `--dry-run`. */
  cost(suite: Suite): { readonly requests: number; readonly tokens: number };
  collect(capabilities: Capabilities, context: ProbeContext): Promise<T>;
}

export type VersionKind = 'full' | 'distilled' | 'quantized' | 'pruned' | 'finetuned' | 'other';

/** One measurement of one trusted artifact. */
export interface ReferenceRun {
  readonly artifact: string;
  readonly seed: number;
  readonly environment: Readonly<Record<string, string | number>>;
  readonly probes: Readonly<Record<string, unknown>>;
}

export interface ReferenceVariant {
  readonly kind: VersionKind;
  readonly facts: Readonly<Record<string, number | string>>;
  /** SHA-256 of weight files that are this variant. */
  readonly digests: readonly string[];
  readonly runs: readonly ReferenceRun[];
}

/** Trusted measurements of the versions of one product. */
export interface ReferenceProfile {
  readonly schema: 'profile/1';
  readonly id: string;
  readonly suite: { readonly id: string; readonly tier: string; readonly sha256: string };
  readonly variants: Readonly<Record<string, ReferenceVariant>>;
}

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
  readonly details: readonly Detail[];
}
export interface Skipped {
  readonly status: 'skipped';
  readonly reason: string;
}

/** What a signal sees of one variant: facts, digests, and the data of the probes it needs, one entry per run. */
export interface VariantView {
  readonly id: string;
  readonly kind: VersionKind;
  readonly facts: Readonly<Record<string, number | string>>;
  readonly digests: readonly string[];
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
  score(input: SignalInput): Measured | Skipped;
}

export type SignalResult = {
  readonly id: string;
  readonly title: string;
  readonly group: string;
  readonly spoofing: Spoofing;
} & (Measured | Skipped | { readonly status: 'errored'; readonly error: ErrorRecord });

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
