import type { AnswerPiece } from '../../core/types.js';
import { type Cheat, textIn, withAnswer } from './cheat.js';
import { cutAtTokens, type Ends, firstTokens } from './token-cuts.js';

/** More tokens than asked for, so that as many of another tokenizer are among them. */
const MORE = 2;
const AT_LEAST_MORE = 16;

/** Answers cut at max_tokens as another tokenizer counts: the truncation of the real one does not show. */
export const recut = (ends: Ends): Cheat =>
  withAnswer((engine) => async (request, emit, signal) => {
    const pieces: AnswerPiece[] = [];
    const { topLogProbs: _, ...unranked } = request;
    const maxTokens = request.maxTokens * MORE + AT_LEAST_MORE;
    const { finish, usage } = await engine.answer(
      { ...unranked, maxTokens },
      (piece) => pieces.push(piece),
      signal,
    );
    let left = request.maxTokens;
    let complete = true;
    const used: Record<AnswerPiece['channel'], number> = { reasoning: 0, text: 0 };
    for (const channel of ['reasoning', 'text'] as const) {
      const all = textIn(pieces, channel);
      const kept = firstTokens(all, left, ends);
      complete &&= kept === all;
      used[channel] = Math.min(left, ends(all).length);
      left -= used[channel];
      const soFar = { promptTokens: usage.promptTokens ?? 0, completionTokens: request.maxTokens - left };
      for (const text of cutAtTokens(kept, ends)) emit({ channel, text, tokens: [], soFar });
    }
    return {
      finish: complete ? finish : 'length',
      usage: { ...usage, completionTokens: used.reasoning + used.text, reasoningTokens: used.reasoning },
    };
  });
