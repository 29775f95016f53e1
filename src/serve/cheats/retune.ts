import type { EngineRequest } from '../../core/types.js';
import { type Cheat, withAnswer } from './cheat.js';

/** Other sampling than the buyer asked for. */
export const retune = (sampling: Partial<Pick<EngineRequest, 'temperature' | 'topP'>>): Cheat =>
  withAnswer((engine) => (request, emit, signal) => engine.answer({ ...request, ...sampling }, emit, signal));
