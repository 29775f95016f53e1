import type { Engine } from './engine.js';
import type { FilesCapability } from './files.js';
import type { ChatCapability, CompletionsCapability, ServiceCapability } from './replies.js';
import type { RequestLogCapability, TokenStacksCapability } from './token-stacks.js';
import type { MatrixCatalogue, MatrixId, Quantization, TensorRole, WeightMatrix } from './weights.js';

/** What is to be audited. Paths may be a folder or one model file. */
export type CandidateSpec =
  | { readonly kind: 'onnx'; readonly path: string }
  | { readonly kind: 'gguf' | 'safetensors'; readonly path: string }
  | {
      readonly kind: 'endpoint';
      /** Address up to and with the version, e.g. `https://host/v1`. */
      readonly baseUrl: string;
      readonly model: string;
      /** Name of the environment variable that holds the key; the key itself is never an argument. */
      readonly apiKeyEnv?: string;
    }
  /** The buyer's own requests and answers, one JSON object a line: nothing is sent. */
  | { readonly kind: 'log'; readonly path: string; readonly model?: string };

/** Where a structural value was read. */
export type FactSource = 'shapes' | 'config' | 'graph' | 'metadata' | 'index' | 'run' | 'weights';

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

/**
 * What an attention layer attends over: its own stack's tokens, the tokens of an encoder–decoder's encoder while
 * encoding, or the encoder's output while decoding.
 */
export type AttentionKind = 'self' | 'encoder' | 'cross';

/** One attention layer that ran. */
export interface AttentionLayer {
  readonly kind: AttentionKind;
  /** ONNX operator that computes its probabilities. */
  readonly operator: string;
  /** Heads seen in the run. */
  readonly heads: number;
  /** Key/value heads seen in the run; null where the graph does not show them apart. */
  readonly keyValueHeads: number | null;
  /** Keys and values are expanded from a vector that all heads share: multi-head latent attention (MLA). */
  readonly latent?: boolean;
}

/** Layers, or parts of a graph that look like some, whose attention was not measured. */
export interface UnmeasuredAttention {
  readonly operator: string;
  readonly count: number;
  readonly reason: string;
}

/**
 * Per-head statistics of one forward pass over one unpadded text; grids are [layers][heads], layers as listed in
 * `sites`. Each number is a mean over the query positions that see at least two keys.
 */
export interface AttentionStatistics {
  readonly tokens: number;
  readonly sites: readonly AttentionLayer[];
  /** Shannon entropy over the visible keys, bits. */
  readonly entropyBits: readonly (readonly number[])[];
  /** Entropy divided by log2 of the number of visible keys, 0–1. */
  readonly normalizedEntropy: readonly (readonly number[])[];
  /** Attention to the first key. */
  readonly firstTokenMass: readonly (readonly number[])[];
  /** Query position minus attended position, tokens; in cross-attention the two are of different texts. */
  readonly meanDistance: readonly (readonly number[])[];
  /** Largest weight of a query. */
  readonly maxWeight: readonly (readonly number[])[];
  /** Perplexity of a query's attention, 2^entropy: as many equally attended keys have the same entropy. */
  readonly effectiveKeys: readonly (readonly number[])[];
  /** Mean cosine similarity of a head's attention map with those of the other heads of its layer, 0–1. */
  readonly headSimilarity: readonly (readonly number[])[];
  readonly unmeasured: readonly UnmeasuredAttention[];
  /** What the run shows and what the graph or config.json states, where they differ. */
  readonly contradictions: readonly Contradiction[];
}

/** One decoded continuation. `tokenMs[0]` is the prefill and first token, the rest are decode steps. */
export interface Generation {
  readonly ids: readonly number[];
  readonly tokenMs: readonly number[];
  readonly stopped: 'eos' | 'length';
  /** Log-probability of each token, at temperature 1 and without bias; present when `topLogProbs` was asked for. */
  readonly logProbs?: readonly number[];
  /** Most probable ids at each place with their log-probabilities, most probable first. */
  readonly top?: readonly (readonly (readonly [id: number, logProb: number])[])[];
}

/**
 * Natural-log probabilities of one text under teacher forcing, at positions 1..n-1.
 * `target` is the probability of the token that follows; `sample[p]` holds a fixed set of vocabulary ids.
 */
export interface TextLogProbs {
  readonly ids: readonly number[];
  readonly target: readonly number[];
  readonly argmax: readonly number[];
  readonly sample: readonly (readonly number[])[];
  /** Most probable ids at each position, most probable first; present when `top` was asked for. */
  readonly top?: readonly (readonly (readonly [id: number, logProb: number])[])[];
}

/** A graph input or output; symbolic dimensions keep their name. */
export interface Port {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly (number | string)[];
}

/** One weight: logical dimensions and bits per number, however many stored tensors encode it. */
export interface WeightTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: string;
  readonly bits: number;
  readonly role?: TensorRole;
  /** Absent where each number is stored as one float. */
  readonly quantization?: Quantization;
}

/** A file that holds weights. */
export interface WeightFile {
  readonly path: string;
  readonly bytes: number;
  /** Bytes before the first tensor; the rest is payload. */
  readonly headerBytes: number;
  readonly tensors: number;
}

/** What model.safetensors.index.json lists, whether or not the shards are there. */
export interface ShardIndex {
  /** Tensor names in the order of the file, with the shard of each. */
  readonly tensors: ReadonlyMap<string, string>;
  readonly totalSize: number | null;
}

/** Something odd about a delivery that honest ones show too: no reason to refuse it, and worth showing. */
export interface StructureFinding {
  readonly code: string;
  readonly file: string;
  readonly detail: string;
  /** Byte of the file, where it has a place. */
  readonly offset?: number;
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
  /** Files that hold the weights, with their tensors as stored; empty when only metadata were delivered. */
  readonly files: readonly WeightFile[];
  /** Tensors as stored, scales and zero points included. */
  readonly storedTensors: number;
  readonly index: ShardIndex | null;
  readonly findings: readonly StructureFinding[];
  /** Key-value pairs of a GGUF header, or `__metadata__` of safetensors; long lists are left out. */
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  /** config.json, or null when absent. */
  readonly config: Readonly<Record<string, unknown>> | null;
}

/** A value of a file's own metadata; integers beyond 2^53 are given as text. */
export type MetadataValue = number | string | boolean | readonly (number | string | boolean)[];

export interface WeightsCapability {
  /** Read the headers and the configuration; runs nothing. */
  structure(signal?: AbortSignal): Promise<ModelStructure>;
  /** What can be asked of `matrix`. */
  matrices(): Promise<MatrixCatalogue>;
  /** A matrix decoded to floats, or null when the candidate does not hold it as a weight. */
  matrix(id: MatrixId): Promise<WeightMatrix | null>;
  /** Token strings by id from tokenizer.json or GGUF metadata; null when neither is delivered. */
  vocabulary(): Promise<readonly string[] | null>;
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
    options?: { readonly batch?: number; readonly top?: number },
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
  /** Nucleus: sample from the most probable tokens that together have this probability; 1 by default. */
  readonly topP?: number;
  readonly topLogProbs?: number;
  readonly logitBias?: Readonly<Record<number, number>>;
}

/** What is known of a token when it is decoded; empty unless `topLogProbs` was asked for. */
export interface TokenStep {
  readonly logProb?: number;
  readonly top?: readonly (readonly [id: number, logProb: number])[];
}

export interface SamplingCapability {
  /** `onToken` is called with each id as it is decoded. Aborting `signal` ends this generation alone: ABORTED. */
  generate(
    ids: readonly number[],
    options: SamplingOptions,
    onToken?: (id: number, step: TokenStep) => void,
    signal?: AbortSignal,
  ): Promise<Generation>;
}

/** Everything a probe may ask of a candidate. */
export interface Capabilities {
  readonly files: FilesCapability;
  readonly weights: WeightsCapability;
  readonly tokens: TokensCapability;
  readonly logits: LogitsCapability;
  readonly attention: AttentionCapability;
  readonly sampling: SamplingCapability;
  /** Answers to chat messages, from a server or from a local model that was asked to answer like one. */
  readonly chat: ChatCapability;
  readonly completions: CompletionsCapability;
  readonly service: ServiceCapability;
  readonly stacks: TokenStacksCapability;
  readonly log: RequestLogCapability;
}
export type CapabilityName = keyof Capabilities;

/** An opened candidate: the capabilities it has, and its identity for reports. */
export interface ModelSource {
  readonly kind: CandidateSpec['kind'];
  readonly label: string;
  readonly capabilities: Partial<Capabilities>;
  /** The model as a server runs it, of local models opened `likeEndpoint`. */
  readonly engine?: Engine;
  /** Longest context the candidate accepts, in tokens; undefined when unknown. */
  readonly maxPositions: number | undefined;
  /** What the reader of a report should know about how the candidate was opened. */
  readonly warnings: readonly string[];
  /** Versions and machine, as far as known by now. */
  environment(): Readonly<Record<string, string | number>>;
  close(): Promise<void>;
}
