import type { ReplySignature } from '../core/types.js';
import {
  checkDetached,
  type ResponseKey,
  type SignatureChecker,
  type SignatureSettings,
  signatureChecker,
} from '../io/endpoint/signature.js';

export type { ResponseKey, SignatureChecker, SignatureSettings };

/**
 * A checker of signatures over raw answers, for the `checkSignature` option of an audit. Throws USAGE for a key that
 * cannot be used.
 *
 * @example
 * const checkSignature = responseChecker({ header: 'x-signature', key: { kind: 'public', pem } });
 * await audit('https://host/v1#model', { profile: 'deepseek-r1', checkSignature });
 */
export function responseChecker(settings: SignatureSettings): SignatureChecker {
  return signatureChecker(settings);
}

/** Check a signature that was kept beside the exact bytes of an answer. Throws USAGE for a key that cannot be used. */
export function verifyResponse(body: Uint8Array, signature: Uint8Array, key: ResponseKey): ReplySignature {
  return checkDetached(body, signature, key);
}
