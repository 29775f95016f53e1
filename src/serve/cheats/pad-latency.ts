import { setTimeout as sleep } from 'node:timers/promises';
import { type Cheat, withAnswer } from './cheat.js';

/** Waits before the first piece and before each, so that a small model seems as slow as a large one. */
export const padLatency = (firstMs: number, eachMs: number): Cheat =>
  withAnswer((engine) => async (request, emit, signal) => {
    const options = signal ? { signal } : {};
    let sending: Promise<unknown> = sleep(firstMs, undefined, options);
    const end = await engine.answer(
      request,
      (piece) => {
        sending = sending.then(() => sleep(eachMs, undefined, options)).then(() => emit(piece));
        // Awaited below; a client that leaves before must not end the process.
        sending.catch(() => undefined);
      },
      signal,
    );
    await sending;
    return end;
  });
