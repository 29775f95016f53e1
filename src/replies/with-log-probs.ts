import { isAssayError } from '../core/errors.js';
import type { Reply } from '../core/types.js';

/** Alternatives per token that servers allow at most, most first: 20 is common, xAI gives 8, others 5. */
const LIMITS = [20, 8, 5] as const;

/** Ask with as many alternatives as the server allows; `null` once it has refused them all, and from then on. */
export function withLogProbs<R extends object>(
  ask: (request: R & { topLogProbs: number }) => Promise<Reply>,
): (request: R) => Promise<Reply | null> {
  let tried = 0;
  return async (request) => {
    for (; tried < LIMITS.length; tried++) {
      try {
        return await ask({ ...request, topLogProbs: LIMITS[tried] as number });
      } catch (error) {
        if (!isAssayError(error, 'ENDPOINT_UNSUPPORTED')) throw error;
      }
    }
    return null;
  };
}
