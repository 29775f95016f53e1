import type { AnswerEnd, AnswerPiece } from '../../core/types.js';
import { type Cheat, withAnswer } from './cheat.js';

/** Answers kept; the oldest goes first. */
const MAX_KEPT = 256;

/** The first answer to a prompt is given again whatever seed and temperature are asked for. */
export const cacheReplay: Cheat = withAnswer((engine) => {
  const kept = new Map<string, { readonly pieces: readonly AnswerPiece[]; readonly end: AnswerEnd }>();
  return async (request, emit, signal) => {
    const { prompt, maxTokens, topLogProbs = null, stop = [] } = request;
    const key = JSON.stringify([prompt, maxTokens, topLogProbs, stop]);
    const known = kept.get(key);
    if (known) {
      for (const piece of known.pieces) emit(piece);
      return known.end;
    }
    const pieces: AnswerPiece[] = [];
    const end = await engine.answer(
      request,
      (piece) => {
        pieces.push(piece);
        emit(piece);
      },
      signal,
    );
    const oldest = kept.size < MAX_KEPT ? undefined : kept.keys().next().value;
    if (oldest !== undefined) kept.delete(oldest);
    kept.set(key, { pieces, end });
    return end;
  };
});
