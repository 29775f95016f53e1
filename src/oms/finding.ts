import { AssayError } from '../core/errors.js';

/** What is wrong with a bundle, its signer, the signed statement or the files. Codes never change. */
export type OmsFault =
  | 'BUNDLE_INVALID'
  | 'BUNDLE_MATERIAL'
  | 'BUNDLE_MEDIA_TYPE'
  | 'BUNDLE_SIGNATURE_COUNT'
  | 'CERTIFICATE_EXPIRED'
  | 'CERTIFICATE_EXTENSION'
  | 'CERTIFICATE_INVALID'
  | 'CERTIFICATE_NOT_A_CA'
  | 'CERTIFICATE_NOT_YET_VALID'
  | 'CERTIFICATE_PATH_LENGTH'
  | 'CERTIFICATE_UNKNOWN_CA'
  | 'CERTIFICATE_USAGE'
  | 'CERTIFICATE_WEAK'
  | 'DIGEST_INVALID'
  | 'FILE_CHANGED'
  | 'FILE_EMPTY_UNSIGNED'
  | 'FILE_EXTRA'
  | 'FILE_LINK'
  | 'FILE_MISSING'
  | 'FILE_NAME_INVALID'
  | 'FILE_RENAMED'
  | 'FILE_SPECIAL'
  | 'HASH_MISMATCH'
  | 'HASH_UNSUPPORTED'
  | 'IDENTITY_MISMATCH'
  | 'IGNORE_PATH_UNSAFE'
  | 'ISSUER_MISMATCH'
  | 'KEY_FOREIGN'
  | 'KEY_HINT_MISMATCH'
  | 'KEY_UNSUPPORTED'
  | 'LEGACY_FORMAT'
  | 'METHOD_MISMATCH'
  | 'PAYLOAD_TYPE'
  | 'PREDICATE_TYPE'
  | 'RESOURCE_DUPLICATE'
  | 'RESOURCE_ORDER'
  | 'RESOURCE_PATH_UNSAFE'
  | 'RESOURCES_EMPTY'
  | 'ROOT_DIGEST_MISMATCH'
  | 'SHARD_LAYOUT'
  | 'SIGNATURE_MISMATCH'
  | 'SIGSTORE_UNTRUSTED'
  | 'STATEMENT_INVALID';

/** One thing found while verifying. An error refuses the delivery; a warning is told and does not. */
export interface OmsFinding {
  readonly code: OmsFault;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** The resource or file, as the statement or the folder names it. Hostile text. */
  readonly path?: string;
  /** Of FILE_RENAMED: under what name the signed content is delivered. */
  readonly now?: string;
}

export function failure(code: OmsFault, message: string, path?: string): OmsFinding {
  return { code, severity: 'error', message, ...(path === undefined ? {} : { path }) };
}

export function warning(code: OmsFault, message: string, path?: string): OmsFinding {
  return { ...failure(code, message, path), severity: 'warning' };
}

/** A bundle nothing more can be read from or trusted about; the verification ends with this one finding. */
export function refusal(fault: OmsFault, message: string): AssayError {
  return new AssayError('SIGNATURE_INVALID', message, {
    fault,
    hint: 'Ask the publisher for the signature that belongs to this delivery.',
  });
}
