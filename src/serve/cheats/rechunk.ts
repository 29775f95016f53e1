import type { AnswerPiece } from '../../core/types.js';
import { type Cheat, withAnswer } from './cheat.js';
import { cutAtTokens, type Ends } from './token-cuts.js';

/** Chunks cut where another tokenizer's tokens end; log-probabilities, which would tell, are gone. */
export const rechunk = (ends: Ends): Cheat =>
  withAnswer((engine) => async (request, emit, signal) => {
    let held: AnswerPiece | undefined;
    const send = (piece: AnswerPiece, parts: readonly string[]): void => {
      for (const text of parts) emit({ ...piece, text, tokens: [] });
    };
    const flush = (): void => {
      if (held) send(held, cutAtTokens(held.text, ends));
      held = undefined;
    };
    const { topLogProbs: _, ...unranked } = request;
    const end = await engine.answer(
      unranked,
      (piece) => {
        if (held && held.channel !== piece.channel) flush();
        const parts = cutAtTokens((held?.text ?? '') + piece.text, ends);
        // The last token may go on in the next piece.
        const last = parts.pop() ?? '';
        send(piece, parts);
        held = { ...piece, text: last };
      },
      signal,
    );
    flush();
    return end;
  });
