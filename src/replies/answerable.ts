import { isAssayError } from '../core/errors.js';
import type { Reply } from '../core/types.js';

/**
 * Replies to those of several requests that a server answers: one that it refuses, such as a prompt longer than its
 * context, is left out. `onDone` may say that those are enough. Throws the last refusal when it refused every one.
 */
export async function answerable<T>(
  requests: readonly T[],
  ask: (request: T) => Promise<Reply>,
  onDone: (done: number, answered: readonly (readonly [request: T, reply: Reply])[]) => boolean,
): Promise<[request: T, reply: Reply][]> {
  const answered: [T, Reply][] = [];
  let refusal: unknown;
  for (const [index, request] of requests.entries()) {
    try {
      answered.push([request, await ask(request)]);
    } catch (error) {
      if (!isAssayError(error, 'ENDPOINT_STATUS')) throw error;
      refusal = error;
    }
    if (onDone(index + 1, answered)) break;
  }
  if (answered.length === 0 && refusal !== undefined) throw refusal;
  return answered;
}
