import { createHash, X509Certificate } from 'node:crypto';
import { AssayError } from '../core/errors.js';
import { quoted } from '../formats/failure.js';
import type { Authentication } from './authenticate.js';
import type { Bundle } from './bundle.js';
import { failure, type OmsFinding } from './finding.js';
import { hashOfKey } from './key.js';
import { checkSignature } from './signature.js';
import type { Trust } from './trust.js';

type SigstoreTrust = Extract<Trust, { method: 'sigstore' }>;

/**
 * Verify a keyless bundle offline: certificate of a trusted authority with its transparency proof, log entry with
 * inclusion proof and body, trusted time, signature. Then the identity and its issuer, each compared as a whole.
 */
export async function verifyKeyless(
  bundle: Bundle,
  certificate: Uint8Array,
  text: string,
  trust: SigstoreTrust,
): Promise<Authentication> {
  const altered = alteredPayload(bundle, certificate);
  if (altered !== undefined) return { signer: null, findings: [altered] };
  const verify = await loadVerifier(trust.trustedRoot);
  let found: Partial<Record<'identity' | 'issuer', string | undefined>>;
  try {
    found = verify(text);
  } catch (cause) {
    const message = `The Sigstore proof does not hold: ${quoted(reason(cause))}.`;
    return { signer: null, findings: [failure('SIGSTORE_UNTRUSTED', message)] };
  }
  const { identity = '', issuer = '' } = found;
  return {
    signer: { method: 'sigstore', identity, issuer },
    findings: policyFindings(identity, issuer, trust),
  };
}

/** The log entry of an altered payload does not fit either; told apart here, before anything else is asked. */
function alteredPayload(bundle: Bundle, certificate: Uint8Array): OmsFinding | undefined {
  try {
    const key = new X509Certificate(certificate).publicKey;
    if (hashOfKey(key) === undefined || checkSignature(bundle, key) === 'good') return undefined;
  } catch {
    return failure('CERTIFICATE_INVALID', 'The certificate of the bundle cannot be read.');
  }
  const message = 'The signature is not by the certificate of the bundle over this payload.';
  return failure('SIGNATURE_MISMATCH', message);
}

/** Not by the library's policy, which takes the identity as a regular expression and finds it inside longer ones. */
function policyFindings(identity: string, issuer: string, expected: SigstoreTrust): OmsFinding[] {
  const findings: OmsFinding[] = [];
  if (identity !== expected.identity) {
    const message = `Signed by ${quoted(identity)}; expected ${quoted(expected.identity)}.`;
    findings.push(failure('IDENTITY_MISMATCH', message));
  }
  if (issuer !== expected.issuer) {
    const message = `${quoted(issuer)} vouches for the signer; expected ${quoted(expected.issuer)}.`;
    findings.push(failure('ISSUER_MISMATCH', message));
  }
  return findings;
}

function reason(cause: unknown): string {
  const { code, message } = cause as { code?: unknown; message?: unknown };
  return `${typeof code === 'string' ? `${code}: ` : ''}${String(message)}`.slice(0, 300);
}

type KeylessVerifier = (bundle: string) => { identity?: string | undefined; issuer?: string | undefined };

/** Loaded when a keyless bundle is met; nothing else needs these packages. */
async function loadVerifier(trustedRoot: string | undefined): Promise<KeylessVerifier> {
  const [
    { bundleFromJSON },
    { TrustedRoot },
    { toSignedEntity, toTrustMaterial, Verifier },
    { PUBLIC_ROOT },
  ] = await Promise.all([
    import('@sigstore/bundle'),
    import('@sigstore/protobuf-specs'),
    import('@sigstore/verify'),
    import('./public-root.js'),
  ]).catch((cause: unknown) => {
    throw new AssayError('RUNTIME_MISSING', 'Keyless signatures need the Sigstore packages.', {
      hint: 'Install @sigstore/bundle 4.0.0 and @sigstore/verify 3.1.1.',
      cause,
    });
  });
  const material = toTrustMaterial(
    readRoot((json) => TrustedRoot.fromJSON(json), trustedRoot ?? PUBLIC_ROOT),
  );
  const verifier = new Verifier(material);
  return (bundle) => {
    const { identity } = verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(bundle))));
    return { identity: identity?.subjectAlternativeName, issuer: identity?.extensions?.issuer };
  };
}

function readRoot<T>(read: (json: unknown) => T, text: string): T {
  try {
    return read(JSON.parse(text));
  } catch (cause) {
    const digest = createHash('sha256').update(text).digest('hex').slice(0, 12);
    throw new AssayError('USAGE', `The trusted root (SHA-256 ${digest}…) cannot be read.`, {
      hint: 'Give a trusted_root.json of a Sigstore instance.',
      cause,
    });
  }
}
