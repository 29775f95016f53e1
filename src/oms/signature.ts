import { type KeyObject, verify } from 'node:crypto';
import { type Bundle, PAYLOAD_TYPE } from './bundle.js';
import { hashOfKey } from './key.js';
import { legacyPreAuthEncoding, preAuthEncoding } from './pae.js';
import { looksLegacy } from './statement.js';

/** Whether a signature was made by a key over the payload; 'legacy' over the mistaken encoding of 0.2. */
export type SignatureCheck = 'good' | 'legacy' | 'bad';

/** ECDSA with DER signatures. The payload is never parsed or written anew before it is verified. */
export function checkSignature({ payload, signature, material }: Bundle, key: KeyObject): SignatureCheck {
  const hash = hashOfKey(key);
  if (hash === undefined) return 'bad';
  if (isSigned(hash, preAuthEncoding(PAYLOAD_TYPE, payload), key, signature)) return 'good';
  if (!looksLegacy(payload)) return 'bad';
  // Version 0.2 took SHA-256 for certificates whatever the curve.
  const legacyHash = material.method === 'certificate' ? 'sha256' : hash;
  return isSigned(legacyHash, legacyPreAuthEncoding(PAYLOAD_TYPE, payload), key, signature)
    ? 'legacy'
    : 'bad';
}

function isSigned(hash: string, signed: Uint8Array, key: KeyObject, signature: Uint8Array): boolean {
  try {
    return verify(hash, signed, key, signature);
  } catch {
    return false;
  }
}
