import type { TokenStep } from '../../core/types.js';

/** Who follows one call while it runs. */
export interface CallListener {
  readonly onToken?: ((token: number, step: TokenStep) => void) | undefined;
  /** Ends this call with ABORTED and leaves the child alive. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A listener for each attempt at one call. A child that died is asked again from the beginning and decodes the same
 * tokens, since sampling is seeded: those already heard are not repeated.
 */
export function onceEach({ onToken, signal }: CallListener): () => CallListener {
  let heard = 0;
  return () => {
    let at = 0;
    return {
      signal,
      onToken:
        onToken &&
        ((token, step) => {
          if (++at <= heard) return;
          heard = at;
          onToken(token, step);
        }),
    };
  };
}
