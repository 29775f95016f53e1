import type { ErrorRecord } from '../../core/errors.js';
import type {
  AttentionStatistics,
  ChatMessage,
  Generation,
  SamplingOptions,
  TextLogProbs,
  TokenStep,
} from '../../core/types.js';
import type { Refused, TappedSite } from '../../tap/plan.js';

/** How the child gets the graph: a path, or a small patched graph whose weights stay in `folder`. */
export type ModelLocation =
  | { readonly kind: 'path'; readonly path: string }
  | {
      readonly kind: 'graph';
      readonly bytes: Uint8Array;
      readonly folder: string;
      /** What to open when ONNX Runtime refuses the edited graph. */
      readonly otherwise?: ModelLocation;
    };

/** A graph of the candidate, edited so that it returns its attention statistics. */
export interface TappedModel {
  /** What the graph reads: the tokens of the text, or a spectrogram. */
  readonly stack: 'decoder' | 'encoder';
  readonly location: ModelLocation;
  readonly sites: readonly TappedSite[];
  readonly refused: readonly Refused[];
  /** Input that takes the number of real tokens, twice; null where none are padded. */
  readonly queries: string | null;
}

/** How attention is measured: one graph, or an encoder and the decoder that reads its output. */
export interface AttentionPlan {
  readonly models: readonly TappedModel[];
  /** First token of an encoder–decoder's decoder. */
  readonly decoderStart: number;
  /** Spectrogram an encoder of audio takes, where the graph leaves its size open. */
  readonly features: { readonly mels: number; readonly frames: number };
}

/** Everything the child needs, sent once after each start. Nothing is loaded until an operation asks. */
export interface RuntimeConfig {
  readonly model: ModelLocation | null;
  readonly attention: AttentionPlan | null;
  /** 0 lets ONNX Runtime choose. */
  readonly threads: number;
  /** Heads of fused caches, where the graph leaves the dimension symbolic. */
  readonly keyValueHeads: number | undefined;
  readonly headDim: number | undefined;
  readonly eosTokenIds: readonly number[];
  readonly tokenizerPath: string | null;
  readonly tokenizerConfig: Readonly<Record<string, unknown>>;
  readonly template: string | null;
  readonly templateVariables: Readonly<Record<string, unknown>>;
}

export interface PortDescription {
  readonly name: string;
  readonly type: string;
  readonly dims: readonly (number | string)[];
}

/** Names, argument and result of every operation of the child. */
export interface RuntimeOperations {
  describe: {
    args: Record<never, never>;
    result: { inputs: PortDescription[]; outputs: PortDescription[]; runtime: string };
  };
  encode: { args: { text: string; special: boolean }; result: number[] };
  decode: { args: { ids: readonly number[] }; result: string };
  render: { args: { messages: readonly ChatMessage[] }; result: string };
  logProbs: {
    args: {
      sequences: readonly (readonly number[])[];
      sample: readonly number[];
      batch?: number;
      top?: number;
    };
    result: TextLogProbs[];
  };
  attention: { args: { ids: readonly number[] }; result: AttentionStatistics };
  /** `stream` asks for a `token` message per decoded token. */
  generate: {
    args: { ids: readonly number[]; options: SamplingOptions; stream?: boolean };
    result: Generation;
  };
  forward: { args: { ids: readonly number[]; outputs: 'logits' | 'attention' }; result: { ms: number } };
}
export type OperationName = keyof RuntimeOperations;

/** The part of the child an operation exercises; one that kills the child twice is not tried again. */
export const RESOURCE_OF: Readonly<
  Record<OperationName, 'session' | 'attention' | 'tokenizer' | 'template'>
> = {
  describe: 'session',
  encode: 'tokenizer',
  decode: 'tokenizer',
  render: 'template',
  logProbs: 'session',
  attention: 'attention',
  generate: 'session',
  forward: 'session',
};

export type ParentMessage =
  | { readonly type: 'configure'; readonly config: RuntimeConfig }
  | {
      readonly type: 'call';
      readonly id: number;
      readonly operation: OperationName;
      readonly args: unknown;
      /** Resident-set ceiling while this operation runs, in bytes. */
      readonly memoryLimit: number;
    }
  /** End the call of that id with ABORTED as soon as the model allows. */
  | { readonly type: 'cancel'; readonly id: number };

export type StreamedToken = readonly [token: number, step: TokenStep];

export type ChildMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'tokens'; readonly id: number; readonly tokens: readonly StreamedToken[] }
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: ErrorRecord };

/** Printed to stderr by the watchdog before it kills the process. */
export const MEMORY_NOTE = 'assay: memory limit exceeded';
