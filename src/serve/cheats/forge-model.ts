import type { Cheat } from './cheat.js';

/** Another model's name in every answer and in the list of models. */
export const forgeModel =
  (name: string): Cheat =>
  (engine) => ({ ...engine, name });
