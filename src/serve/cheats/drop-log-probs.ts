import { type Cheat, withAnswer } from './cheat.js';

/** Log-probabilities are not given, whoever asks. */
export const dropLogProbs: Cheat = withAnswer((engine) => (request, emit, signal) => {
  const { topLogProbs: _, ...unranked } = request;
  return engine.answer(unranked, emit, signal);
});
