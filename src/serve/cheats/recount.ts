import type { AnswerPiece } from '../../core/types.js';
import { type Cheat, promptTexts, textIn, withAnswer } from './cheat.js';

export interface RecountOptions {
  /** Tokens of a text by another tokenizer. */
  readonly count: (text: string) => number;
  /** Added for each message, besides the tokens of its role. */
  readonly perMessage: number;
  readonly perRequest: number;
}

/** Usage counted with another tokenizer, the way gateways do that see texts alone. */
export const recount = ({ count, perMessage, perRequest }: RecountOptions): Cheat =>
  withAnswer((engine) => async (request, emit, signal) => {
    const pieces: AnswerPiece[] = [];
    const { prompt } = request;
    const texts = promptTexts(prompt).reduce((sum, text) => sum + count(text), 0);
    const promptTokens =
      prompt.kind === 'text'
        ? texts
        : texts + prompt.messages.reduce((sum, { role }) => sum + perMessage + count(role), perRequest);
    const end = await engine.answer(
      request,
      (piece) => {
        pieces.push(piece);
        emit({ ...piece, soFar: { ...piece.soFar, promptTokens } });
      },
      signal,
    );
    const [reasoning, text] = [count(textIn(pieces, 'reasoning')), count(textIn(pieces, 'text'))];
    const usage = {
      promptTokens,
      completionTokens: reasoning + text,
      reasoningTokens: reasoning,
      cachedTokens: 0,
    };
    return { ...end, usage };
  });
