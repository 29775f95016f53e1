import type { EnginePrompt } from '../core/types.js';

/** A request as it was understood. */
export interface ServedRequest {
  readonly kind: 'chat' | 'completion';
  readonly model: string | null;
  readonly prompt: EnginePrompt;
  /** Null where the client sets none. */
  readonly maxTokens: number | null;
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number | null;
  /** Undefined where no log-probabilities are asked for. */
  readonly topLogProbs: number | undefined;
  readonly logitBias: Readonly<Record<number, number>> | undefined;
  readonly stop: readonly string[];
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** Fields the client sent, for dialects that refuse some. */
  readonly sent: ReadonlySet<string>;
}

/** One request and what its answer says of itself. */
export interface Exchange {
  readonly request: ServedRequest;
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  /** Name of the model as the answer states it. */
  readonly model: string;
  /** Requests answered before. */
  readonly index: number;
}
