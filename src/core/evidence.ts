import type {
  Capabilities,
  CapabilityName,
  ChatMessage,
  Contradiction,
  Fact,
  FactSource,
  StructureFinding,
} from './candidate.js';
import type { ErrorRecord } from './errors.js';
import type { Rng } from './rng.js';

/** Structure of a decoder or encoder. Every value says where it came from; null where nothing shows it. */
export interface Architecture {
  readonly family: Fact<string> | null;
  readonly layers: Fact<number> | null;
  readonly hiddenSize: Fact<number> | null;
  readonly attentionHeads: Fact<number> | null;
  readonly keyValueHeads: Fact<number> | null;
  readonly headDim: Fact<number> | null;
  readonly vocabSize: Fact<number> | null;
  /** Width of a dense feed-forward block; null where every layer has experts. */
  readonly intermediateSize: Fact<number> | null;
  /** Routed experts of a layer. */
  readonly experts: Fact<number> | null;
  /** Routed experts that one token uses: no tensor shows it, so it is always a claim. */
  readonly expertsActive: Fact<number> | null;
  readonly sharedExperts: Fact<number> | null;
  readonly expertIntermediateSize: Fact<number> | null;
  /** Layers without experts in a model that has some. */
  readonly denseLayers: Fact<number> | null;
  /** Ranks and head sizes of multi-head latent attention. */
  readonly queryLoraRank: Fact<number> | null;
  readonly keyValueLoraRank: Fact<number> | null;
  readonly qkNopeHeadDim: Fact<number> | null;
  readonly qkRopeHeadDim: Fact<number> | null;
  readonly valueHeadDim: Fact<number> | null;
  /** Layers behind the stack that predict further tokens (MTP). */
  readonly predictorLayers: Fact<number> | null;
  /** The output projection is the embedding. */
  readonly tiedEmbeddings: Fact<boolean> | null;
  readonly qkvBias: Fact<boolean> | null;
  /** Queries and keys are normalized before they meet. */
  readonly qkNorm: Fact<boolean> | null;
  /** The router has a bias that is no part of its product, as DeepSeek-V3's. */
  readonly routerBias: Fact<boolean> | null;
  /**
   * Distinct trained numbers of the main model; of an ONNX graph, numbers stored in weight tensors. From config where
   * they are those that the configuration implies; so are tensors and bytes.
   */
  readonly parameters: Fact<number> | null;
  /** Parameters that one token uses: implied by a configuration, never shown. */
  readonly activeParameters: Fact<number> | null;
  /** Tensors as stored, scales and zero points included. */
  readonly tensors: Fact<number> | null;
  /** Bytes of tensors, headers not counted. */
  readonly payloadBytes: Fact<number> | null;
  readonly maxPositions: Fact<number> | null;
  /** Storage of the weight matrices: bits of the narrowest type that holds at least a tenth of them. */
  readonly weightBits: Fact<number> | null;
  readonly weightTypes: Readonly<Record<string, number>>;
  /** Stored numbers that `parameters` leaves out, by reason: why a hub shows another total. */
  readonly uncounted: Readonly<Partial<Record<Uncounted, number>>>;
  readonly laws: readonly ClosedFormLaw[];
  /** Bytes of each shard a safetensors index lists, as configuration and names imply them. */
  readonly shardSizes: Readonly<Record<string, number>> | null;
  readonly findings: readonly StructureFinding[];
  readonly contradictions: readonly Contradiction[];
}

/** Scales are those of tiles and tensors; those inside GGML blocks are part of the block. */
export type Uncounted = 'scales' | 'predictor' | 'repeated-head' | 'rotary' | 'buffers';

/**
 * A number that follows from configuration alone, beside what the files hold. Tensors and bytes count what the family
 * stores in its own release: prediction layers if the candidate has them, an output head only if it is not tied.
 */
export interface ClosedFormLaw {
  readonly law: 'parameters' | 'tensors' | 'payloadBytes' | 'shardSizes';
  readonly expected: number;
  readonly observed: number;
  readonly from: FactSource;
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
  /** Wall clock at the start, ISO 8601: speeds are compared within a day only. */
  readonly collectedAt: string;
  readonly rng: Rng;
  readonly maxPositions: number | undefined;
  /** Weights are not to be read: sizes and headers must do. */
  readonly headersOnly: boolean;
  readonly signal: AbortSignal | undefined;
  readonly progress: (done: number, total: number) => void;
  readonly warn: (message: string) => void;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Whether the case is decided by what was collected and this part of the probe's data; a probe that is not done may stop. */
  readonly enough: (partial: unknown) => boolean;
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
  /**
   * Of a probe that asks a service: whether its evidence says something only beside that of a reference, or by itself
   * too. References are asked such probes alone.
   */
  readonly beside?: 'needed' | 'useful';
  /** Set where the weights themselves are read, which a collection of headers only leaves out. */
  readonly reads?: 'weights';
  /** Expected cost for a suite, for `--dry-run`. */
  cost(suite: Suite): { readonly requests: number; readonly tokens: number };
  collect(capabilities: Capabilities, context: ProbeContext): Promise<T>;
}
