import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { AssayError } from '../core/errors.js';

/** Curves of the OMS algorithm registry, and the hash ECDSA uses with each. */
const HASHES = new Map([
  ['prime256v1', 'sha256'],
  ['secp384r1', 'sha384'],
  ['secp521r1', 'sha512'],
]);

/** A private key in PEM. Throws USAGE; the message never holds a part of the key. */
export function readPrivateKey(pem: string): KeyObject {
  return readKey(() => createPrivateKey(pem));
}

/** A public key in PEM, or that of a certificate or private key. Throws USAGE. */
export function readPublicKey(pem: string): KeyObject {
  return readKey(() => createPublicKey(pem));
}

function readKey(read: () => KeyObject): KeyObject {
  try {
    return read();
  } catch (cause) {
    throw unusableKey((cause as Error).message);
  }
}

export function unusableKey(why: string): AssayError {
  return new AssayError('USAGE', `The key cannot be used: ${why}.`, {
    hint: 'Give an unencrypted key in PEM: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256',
  });
}

/** The hash ECDSA uses with this key, or undefined when OMS does not know its curve. */
export function hashOfKey(key: KeyObject): string | undefined {
  return HASHES.get(key.asymmetricKeyDetails?.namedCurve ?? '');
}

/** Hex SHA-256 of the public key in PEM with its final newline; what bundles carry as `hint`. */
export function keyHint(key: KeyObject): string {
  const open = key.type === 'private' ? createPublicKey(key) : key;
  return createHash('sha256')
    .update(open.export({ type: 'spki', format: 'pem' }))
    .digest('hex');
}
