import type { ChatMessage } from './candidate.js';

/** What both kinds of generation take. */
interface ReplyRequest {
  readonly maxTokens: number;
  /** 0, the default, is greedy. */
  readonly temperature?: number;
  readonly topP?: number;
  readonly seed?: number;
  /** Alternatives reported per token; absent asks for no log-probabilities. */
  readonly topLogProbs?: number;
  /** Added to logits, by token id. Never send an id from 32,000 on: servers have crashed on ids they lack. */
  readonly logitBias?: Readonly<Record<number, number>>;
  /** Ask for a stream of deltas; true by default. */
  readonly stream?: boolean;
}

export interface ChatRequest extends ReplyRequest {
  readonly messages: readonly ChatMessage[];
}

export interface CompletionRequest extends ReplyRequest {
  readonly prompt: string;
  /** Return the prompt's own tokens, with their log-probabilities, before the new ones. */
  readonly echo?: boolean;
}

/** A token as a server reports it: by text, and by bytes and id where it gives them. */
export interface TokenChoice {
  readonly text: string;
  /** UTF-8; a token may hold part of a character. */
  readonly bytes: readonly number[] | null;
  readonly id: number | null;
  /** Natural logarithm; null for a first token of a prompt, which nothing precedes. */
  readonly logProb: number | null;
}

export interface ReplyToken extends TokenChoice {
  /** Most probable tokens at this place, most probable first. */
  readonly top: readonly TokenChoice[];
}

/** Tokens as the server counts them; null where it does not say. */
export interface Usage {
  readonly promptTokens: number | null;
  /** As reported: with reasoning on most servers, without on some. */
  readonly completionTokens: number | null;
  readonly reasoningTokens: number | null;
  readonly cachedTokens: number | null;
}

/** Part of a stream that added text. */
export interface ReplyDelta {
  /** Milliseconds since the request was written, monotonic. */
  readonly atMs: number;
  readonly channel: 'text' | 'reasoning';
  readonly text: string;
}

/** One answer of a model, whatever dialect its server speaks. Text is the model's: never trust or interpret it. */
export interface Reply {
  readonly text: string;
  readonly reasoning: string;
  /** `stop`, `length`, or what else the server calls it; null when it does not say. */
  readonly finish: string | null;
  readonly usage: Usage | null;
  /** Model name and build as the server states them. */
  readonly model: string | null;
  readonly systemFingerprint: string | null;
  /** Null when the server gives no log-probabilities. */
  readonly tokens: readonly ReplyToken[] | null;
  /** In order of arrival; one delta when the reply was not streamed. */
  readonly deltas: readonly ReplyDelta[];
  /** Milliseconds since the request was written. */
  readonly timing: { readonly headersMs: number; readonly endMs: number };
  /** Peculiarities of the dialect, as stable codes such as `DONE_MISSING`. */
  readonly quirks: readonly string[];
  /** Headers of the answer that carry a signature, by lower-case name; and the digest of the raw body. */
  readonly signature?: ReplySignature;
}

/** A signature over the raw body of an answer, checked while the body was at hand. */
export interface ReplySignature {
  readonly header: string;
  readonly status: 'valid' | 'invalid' | 'missing';
  /** SHA-256 of the public key (SPKI), or of nothing that depends on a secret: null for HMAC. */
  readonly key: string | null;
  readonly algorithm: 'ed25519' | 'ecdsa' | 'hmac';
  readonly bodySha256: string;
}

export interface ChatCapability {
  /** Scheme, host and port that answer; absent where nothing is asked over a network. */
  readonly origin?: string;
  /** `onDelta` is called as text arrives. Throws ENDPOINT_*; ENDPOINT_UNSUPPORTED when a parameter is refused. */
  reply(request: ChatRequest, onDelta?: (delta: ReplyDelta) => void): Promise<Reply>;
}

export interface CompletionsCapability {
  /** Continue a raw text, no template between. Throws as ChatCapability does. */
  complete(request: CompletionRequest, onDelta?: (delta: ReplyDelta) => void): Promise<Reply>;
}

/** What a service says of itself: claims that any operator can type. */
export interface ServiceFacts {
  /** Entries of /v1/models for the audited model, scalars only. */
  readonly model: Readonly<Record<string, string | number | boolean>>;
  readonly modelIds: readonly string[];
  readonly maxPositions: number | null;
}

export interface ServiceCapability {
  describe(): Promise<ServiceFacts>;
  /** Status and message of the refusal of a request that no server accepts, for corroboration. */
  refusal(request: ChatRequest): Promise<{ readonly status: number; readonly message: string } | null>;
}
