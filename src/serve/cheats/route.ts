import { seededRng } from '../../core/rng.js';
import type { Engine } from '../../core/types.js';
import { type Cheat, withAnswer } from './cheat.js';

/** Which of several engines answers a request, by a draw of its own for each. */
const routed = (share: number, seed: number, other: Engine): Cheat =>
  withAnswer((engine) => {
    const rng = seededRng(seed);
    return (request, emit, signal) => (rng() < share ? other : engine).answer(request, emit, signal);
  });

/** Another model answers a share of the requests. */
export const dilute = (other: Engine, share: number, seed = 0): Cheat => routed(share, seed, other);

/** No cheat: a second replica of the same model, on another engine or behind another template. */
export const replica = (other: Engine, seed = 0): Cheat => routed(0.5, seed, other);
