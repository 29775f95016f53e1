import type { AnswerPiece, Engine, EnginePrompt } from '../../core/types.js';

/** An engine that is not what it seems; cheats go around each other. */
export type Cheat = (engine: Engine) => Engine;

/** The engine with another way to answer. */
export const withAnswer =
  (change: (engine: Engine) => Engine['answer']): Cheat =>
  (engine) => ({ ...engine, answer: change(engine) });

export const promptTexts = (prompt: EnginePrompt): readonly string[] =>
  prompt.kind === 'text' ? [prompt.text] : prompt.messages.map(({ content }) => content);

export const textIn = (pieces: readonly AnswerPiece[], channel: AnswerPiece['channel']): string =>
  pieces.map((piece) => (piece.channel === channel ? piece.text : '')).join('');

export const composed =
  (cheats: readonly Cheat[]): Cheat =>
  (engine) =>
    cheats.reduce((inner, cheat) => cheat(inner), engine);
