import {
  createHash,
  createHmac,
  createPublicKey,
  type KeyObject,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import { AssayError } from '../../core/errors.js';
import type { ReplySignature } from '../../core/types.js';
import { signatureValues } from '../../formats/signature-value.js';

/** With what answers are signed: a public key in PEM, or a secret that both sides have. */
export type ResponseKey =
  | { readonly kind: 'public'; readonly pem: string }
  | { readonly kind: 'secret'; readonly secret: string };

export interface SignatureSettings {
  readonly key: ResponseKey;
  /** Header that carries the signature. */
  readonly header: string;
}

/** Checks an answer by its headers, by lower-case name, and the exact bytes of its body. */
export type SignatureChecker = (
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
) => ReplySignature;

/** Curves of ECDSA keys, and the hash that goes with each. */
const HASHES: ReadonlyMap<string, string> = new Map([
  ['prime256v1', 'sha256'],
  ['secp384r1', 'sha384'],
  ['secp256k1', 'sha256'],
]);

type Verifier = Pick<ReplySignature, 'algorithm' | 'key'> & {
  readonly isSigned: (body: Uint8Array, signature: Uint8Array) => boolean;
};

/** A checker of signatures over raw bodies. Throws USAGE for a key that cannot be used; no message holds a part of it. */
export function signatureChecker({ key, header }: SignatureSettings): SignatureChecker {
  const name = header.toLowerCase();
  if (!/^[!#$%&'*+.^_`|~0-9a-z-]{1,256}$/.test(name)) throw unusable('the header has no valid name');
  const { algorithm, key: fingerprint, isSigned } = verifierOf(key);
  return (headers, body) => {
    const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
    const status =
      value === undefined || value.trim() === ''
        ? 'missing'
        : signatureValues(value).some((signature) => isSigned(body, signature))
          ? 'valid'
          : 'invalid';
    return { header: name, status, key: fingerprint, algorithm, bodySha256: sha256(body) };
  };
}

/** Checks a signature that was kept apart from the body, as text in any known encoding or as its bytes. */
export function checkDetached(body: Uint8Array, signature: Uint8Array, key: ResponseKey): ReplySignature {
  const { algorithm, key: fingerprint, isSigned } = verifierOf(key);
  const text = Buffer.from(signature).toString('latin1').trim();
  const valid = [signature, ...signatureValues(text)].some((value) => isSigned(body, value));
  return {
    header: '',
    status: valid ? 'valid' : 'invalid',
    key: fingerprint,
    algorithm,
    bodySha256: sha256(body),
  };
}

function verifierOf(key: ResponseKey): Verifier {
  return key.kind === 'secret' ? secretVerifier(key.secret) : publicVerifier(publicKeyOf(key.pem));
}

function secretVerifier(secret: string): Verifier {
  if (secret === '') throw unusable('the secret is empty');
  return {
    algorithm: 'hmac',
    // A digest of a secret would let anybody test guesses of it.
    key: null,
    isSigned: (body, signature) => {
      const expected = createHmac('sha256', secret).update(body).digest();
      return signature.length === expected.length && timingSafeEqual(expected, signature);
    },
  };
}

function publicVerifier(key: KeyObject): Verifier {
  const hash = HASHES.get(key.asymmetricKeyDetails?.namedCurve ?? '');
  if (key.asymmetricKeyType !== 'ed25519' && (key.asymmetricKeyType !== 'ec' || hash === undefined))
    throw unusable('expected Ed25519, or ECDSA on P-256, P-384 or secp256k1');
  const fingerprint = sha256(canonical(key).export({ type: 'spki', format: 'der' }));
  if (hash === undefined) {
    return {
      algorithm: 'ed25519',
      key: fingerprint,
      isSigned: (body, signature) => signature.length === 64 && verified(null, body, key, signature),
    };
  }
  return {
    algorithm: 'ecdsa',
    key: fingerprint,
    isSigned: (body, signature) =>
      verified(hash, body, key, signature) ||
      verified(hash, body, { key, dsaEncoding: 'ieee-p1363' }, signature),
  };
}

/** A point on a curve has two encodings, and one key must have one digest. */
function canonical(key: KeyObject): KeyObject {
  return createPublicKey({ key: key.export({ format: 'jwk' }), format: 'jwk' });
}

function verified(
  hash: string | null,
  body: Uint8Array,
  key: KeyObject | { readonly key: KeyObject; readonly dsaEncoding: 'ieee-p1363' },
  signature: Uint8Array,
): boolean {
  try {
    return verify(hash, body, key, signature);
  } catch {
    return false;
  }
}

function publicKeyOf(pem: string): KeyObject {
  // `createPublicKey` would also derive one from a private key, which nobody should hand to an auditor.
  if (!/-----BEGIN (PUBLIC KEY|CERTIFICATE)-----/.test(pem))
    throw unusable('the file holds no public key in PEM');
  try {
    return createPublicKey(pem);
  } catch {
    throw unusable('it is damaged or of an unknown kind');
  }
}

function unusable(why: string): AssayError {
  return new AssayError('USAGE', `Signatures of answers cannot be checked: ${why}.`, {
    hint: 'Give the public key as PEM (openssl pkey -in private.pem -pubout), and the header with --signature-header.',
  });
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
