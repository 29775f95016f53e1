import { type Cheat, withAnswer } from './cheat.js';

/** The host's own instructions before the buyer's messages; texts to be continued stay as they are. */
export const hiddenSystemPrompt = (content: string): Cheat =>
  withAnswer(
    (engine) => (request, emit, signal) =>
      engine.answer(
        request.prompt.kind === 'text'
          ? request
          : {
              ...request,
              prompt: { kind: 'chat', messages: [{ role: 'system', content }, ...request.prompt.messages] },
            },
        emit,
        signal,
      ),
  );
