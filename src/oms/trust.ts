import type { KeyObject } from 'node:crypto';
import type { Certificate } from './certificate.js';

/** Whom the verifier trusts; decides which bundles can be verified at all. */
export type Trust =
  | { readonly method: 'key'; readonly key: KeyObject }
  | { readonly method: 'certificate'; readonly authorities: readonly Certificate[]; readonly at: Date }
  | {
      readonly method: 'sigstore';
      readonly identity: string;
      readonly issuer: string;
      /** Sigstore trusted root in JSON; undefined for that of the public instance. */
      readonly trustedRoot: string | undefined;
    };

/** Who signed, as far as the signature shows. */
export type Signer =
  | { readonly method: 'key'; readonly hint: string }
  | { readonly method: 'certificate'; readonly subject: string; readonly sha256: string }
  | { readonly method: 'sigstore'; readonly identity: string; readonly issuer: string };
