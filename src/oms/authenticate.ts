import type { KeyObject } from 'node:crypto';
import type { Bundle } from './bundle.js';
import { type Certificate, readCertificate } from './certificate.js';
import { chainFindings } from './chain.js';
import { failure, type OmsFinding, warning } from './finding.js';
import { hashOfKey, keyHint } from './key.js';
import { checkSignature, type SignatureCheck } from './signature.js';
import { verifyKeyless } from './sigstore.js';
import type { Signer, Trust } from './trust.js';

/** Who vouches for a payload. Without an error among the findings the payload is the signer's. */
export interface Authentication {
  /** Null unless it is proven who signed; not always whom the verifier expects. */
  readonly signer: Signer | null;
  readonly findings: readonly OmsFinding[];
}

/**
 * Verify the signature of a bundle with what the verifier trusts. `text` is the bundle as JSON.
 * Throws SIGNATURE_INVALID for a certificate that cannot be read and RUNTIME_MISSING without the Sigstore packages.
 */
export async function authenticate(
  bundle: Bundle,
  text: string,
  trust: Trust,
  { allowLegacy }: { readonly allowLegacy: boolean },
): Promise<Authentication> {
  const { material } = bundle;
  if (material.method === 'key' && trust.method === 'key')
    return withKey(bundle, material, trust.key, allowLegacy);
  if (material.method === 'certificate' && trust.method === 'certificate')
    return withCertificates(bundle, material.certificates.map(readCertificate), trust, allowLegacy);
  if (material.method === 'sigstore' && trust.method === 'sigstore')
    return verifyKeyless(bundle, material.certificate, text, trust);
  const message = `The bundle is signed by ${METHODS[material.method]}; what was given verifies ${METHODS[trust.method]}.`;
  return { signer: null, findings: [failure('METHOD_MISMATCH', message)] };
}

const METHODS: Readonly<Record<Trust['method'], string>> = {
  key: 'a bare key',
  certificate: 'a certificate chain',
  sigstore: 'a keyless Sigstore identity',
};

/** The signature decides; a hint names the key and is itself unsigned. */
function withKey(
  bundle: Bundle,
  named: { readonly hint?: string; readonly publicKey?: Uint8Array },
  key: KeyObject,
  allowLegacy: boolean,
): Authentication {
  const hint = keyHint(key);
  const check = checkSignature(bundle, key);
  const namesOther =
    (named.hint !== undefined && named.hint !== hint) ||
    (named.publicKey !== undefined && !isPem(named.publicKey, key));
  if (check === 'bad') {
    const foreign = 'The bundle was signed with another key: it names one that is not the given key.';
    return {
      signer: null,
      findings: [namesOther ? failure('KEY_FOREIGN', foreign) : mismatch('given key')],
    };
  }
  const findings = legacyFindings(check, allowLegacy);
  if (namesOther)
    findings.push(
      warning('KEY_HINT_MISMATCH', 'The given key made the signature, though the bundle names another.'),
    );
  return { signer: { method: 'key', hint }, findings };
}

function isPem(bytes: Uint8Array, key: KeyObject): boolean {
  return (
    Buffer.from(bytes).toString('utf8').trim() === `${key.export({ type: 'spki', format: 'pem' })}`.trim()
  );
}

function withCertificates(
  bundle: Bundle,
  chain: readonly Certificate[],
  { authorities, at }: Extract<Trust, { method: 'certificate' }>,
  allowLegacy: boolean,
): Authentication {
  const findings = chainFindings(chain, authorities, at);
  const leaf = chain[0]?.x509;
  if (leaf === undefined) return { signer: null, findings };
  if (hashOfKey(leaf.publicKey) === undefined)
    return { signer: null, findings: [...findings, failure('KEY_UNSUPPORTED', UNSUPPORTED)] };
  const check = checkSignature(bundle, leaf.publicKey);
  findings.push(
    ...(check === 'bad' ? [mismatch('certificate of the bundle')] : legacyFindings(check, allowLegacy)),
  );
  const sha256 = leaf.fingerprint256.replaceAll(':', '').toLowerCase();
  return {
    signer: { method: 'certificate', subject: leaf.subject.replaceAll('\n', ', '), sha256 },
    findings,
  };
}

const UNSUPPORTED = 'The certificate holds no ECDSA key on P-256, P-384 or P-521, the only ones OMS knows.';

function mismatch(by: string): OmsFinding {
  return failure(
    'SIGNATURE_MISMATCH',
    `The signature is not by the ${by} over this payload; one of them was altered.`,
  );
}

function legacyFindings(check: SignatureCheck, allowLegacy: boolean): OmsFinding[] {
  if (check !== 'legacy') return [];
  const message =
    'The bundle is in the deprecated format of model_signing 0.2, which signs a faulty encoding.';
  return [(allowLegacy ? warning : failure)('LEGACY_FORMAT', message)];
}
