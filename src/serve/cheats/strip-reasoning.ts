import { type Cheat, withAnswer } from './cheat.js';

/** Reasoning is thrown away, and with it the tokens it took. */
export const stripReasoning: Cheat = withAnswer((engine) => async (request, emit, signal) => {
  const { finish, usage } = await engine.answer(
    request,
    (piece) => {
      if (piece.channel === 'text') emit(piece);
    },
    signal,
  );
  const completionTokens = (usage.completionTokens ?? 0) - (usage.reasoningTokens ?? 0);
  return { finish, usage: { ...usage, completionTokens, reasoningTokens: 0 } };
});
