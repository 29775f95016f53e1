import { AssayError } from '../../core/errors.js';
import { type Cheat, withAnswer } from './cheat.js';

/** No cheat: an upstream that fails after some pieces, so that clients meet an error inside a stream. */
export const interrupt = (after: number): Cheat =>
  withAnswer((engine) => async (request, emit, signal) => {
    let sent = 0;
    const end = await engine.answer(
      request,
      (piece) => {
        if (sent++ < after) emit(piece);
      },
      signal,
    );
    if (sent <= after) return end;
    throw new AssayError('ENDPOINT_PROTOCOL', 'The upstream closed the connection.', { hint: 'Ask again.' });
  });
