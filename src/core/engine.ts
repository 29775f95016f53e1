import type { ChatMessage } from './candidate.js';
import type { ReplyToken, Usage } from './replies.js';

/** What an engine continues: messages through the model's template, or a text as it is. */
export type EnginePrompt =
  | { readonly kind: 'chat'; readonly messages: readonly ChatMessage[] }
  | { readonly kind: 'text'; readonly text: string; readonly echo: boolean };

export interface EngineRequest {
  readonly prompt: EnginePrompt;
  readonly maxTokens: number;
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
  /** Alternatives reported per token; absent asks for no log-probabilities. */
  readonly topLogProbs?: number;
  readonly logitBias?: Readonly<Record<number, number>>;
  /** Texts that end the answer and are no part of it. */
  readonly stop?: readonly string[];
}

/** Text that an engine added, with the tokens it came from where they were asked for; tokens of markup come with no text. */
export interface AnswerPiece {
  readonly channel: 'text' | 'reasoning';
  /** Whole characters. */
  readonly text: string;
  readonly tokens: readonly ReplyToken[];
  /** Tokens up to and with this piece. */
  readonly soFar: { readonly promptTokens: number; readonly completionTokens: number };
}

export interface AnswerEnd {
  readonly finish: 'stop' | 'length';
  readonly usage: Usage;
}

/** A model that answers, before any server has dressed up its answer. */
export interface Engine {
  readonly name: string;
  readonly maxPositions: number | undefined;
  /**
   * `emit` is called as text arrives. A prompt that does not fit is refused: ENDPOINT_STATUS with the fault
   * EXCEED_CONTEXT. Aborting `signal` ends the answer: ABORTED.
   */
  answer(
    request: EngineRequest,
    emit: (piece: AnswerPiece) => void,
    signal?: AbortSignal,
  ): Promise<AnswerEnd>;
}
