import { quoted } from '../formats/failure.js';
import type { Certificate } from './certificate.js';
import { failure, type OmsFault, type OmsFinding } from './finding.js';

/** Code signing, and any purpose (RFC 5280 section 4.2.1.12). */
const SIGNING_PURPOSES = new Set(['1.3.6.1.5.5.7.3.3', '2.5.29.37.0']);

/** DER content, in hex, of signature algorithms whose hash is sound: RSA and ECDSA with SHA-2, RSA-PSS, Ed25519. */
const SOUND_ALGORITHMS = new Set([
  '2a864886f70d01010b',
  '2a864886f70d01010c',
  '2a864886f70d01010d',
  '2a864886f70d01010a',
  '2a8648ce3d040302',
  '2a8648ce3d040303',
  '2a8648ce3d040304',
  '2b6570',
]);

/** Signature checks one search may make; 8 certificates in a line need 8 and a few more. */
const MAX_CHECKS = 100;

/**
 * Hold the chain of a bundle, leaf first, against the authorities the verifier trusts. All certificates must be
 * valid at `at`, the leaf fit for signing, the others for certifying it. Empty when a path without fault exists.
 * Source: RFC 5280 section 6, without name constraints and policies: what is critical and not understood is refused.
 */
export function chainFindings(
  [leaf, ...others]: readonly Certificate[],
  authorities: readonly Certificate[],
  at: Date,
): OmsFinding[] {
  if (leaf === undefined) return [failure('CERTIFICATE_INVALID', 'The bundle holds no certificate.')];
  let best: OmsFinding[] | undefined;
  for (const path of paths(leaf, others, authorities)) {
    const findings = pathFindings(path, at);
    if (findings.length === 0) return [];
    best ??= findings;
  }
  return (
    best ?? [failure('CERTIFICATE_UNKNOWN_CA', `${about(leaf)} leads to none of the given authorities.`)]
  );
}

/** Paths from the leaf to an authority by names and signatures alone, so that a later fault has its own name. */
function* paths(
  leaf: Certificate,
  others: readonly Certificate[],
  authorities: readonly Certificate[],
): Generator<readonly Certificate[]> {
  let checks = 0;
  const issued = (child: Certificate, parent: Certificate): boolean =>
    child.x509.issuer === parent.x509.subject && ++checks <= MAX_CHECKS && hasSigned(child, parent);
  function* extend(path: readonly Certificate[], unused: readonly Certificate[]): Generator<Certificate[]> {
    const last = path.at(-1) ?? leaf;
    if (authorities.some((authority) => isSame(authority, last))) yield [...path];
    for (const authority of authorities) if (issued(last, authority)) yield [...path, authority];
    for (const next of unused)
      if (issued(last, next))
        yield* extend(
          [...path, next],
          unused.filter((other) => other !== next),
        );
  }
  yield* extend([leaf], others);
}

function hasSigned(child: Certificate, parent: Certificate): boolean {
  try {
    return child.x509.verify(parent.x509.publicKey);
  } catch {
    return false;
  }
}

function isSame(a: Certificate, b: Certificate): boolean {
  return a.x509.raw.equals(b.x509.raw);
}

function pathFindings(path: readonly Certificate[], at: Date): OmsFinding[] {
  return path.flatMap((certificate, depth) => {
    const own = depth === 0 ? leafFaults(certificate) : authorityFaults(certificate, depth);
    const faults = [...dateFaults(certificate, at), ...own];
    if (certificate.unknownCritical.length > 0)
      faults.push(['CERTIFICATE_EXTENSION', 'demands a rule that is not understood here'] as const);
    // Nobody relies on the signature of a trusted authority over itself.
    if (depth < path.length - 1 && !SOUND_ALGORITHMS.has(certificate.algorithm))
      faults.push(['CERTIFICATE_WEAK', 'is signed with an algorithm that is not sound'] as const);
    return faults.map(([code, what]) => failure(code, `${about(certificate)} ${what}.`));
  });
}

type Fault = readonly [code: OmsFault, what: string];

function dateFaults({ from, to }: Certificate, at: Date): Fault[] {
  const day = at.toISOString();
  if (at < from) return [['CERTIFICATE_NOT_YET_VALID', `is valid from ${from.toISOString()}, after ${day}`]];
  return at > to ? [['CERTIFICATE_EXPIRED', `expired on ${to.toISOString()}, before ${day}`]] : [];
}

/** A stated use must allow signatures, a stated purpose code, and one of the two must be stated. */
function leafFaults({ keyUsage, purposes }: Certificate): Fault[] {
  const fits = (keyUsage?.digitalSignature ?? true) && allowsCode(purposes);
  const silent = keyUsage === undefined && purposes === undefined;
  return fits && !silent ? [] : [['CERTIFICATE_USAGE', 'is not made for signing code']];
}

function authorityFaults(
  { isAuthority, keyUsage, purposes, pathLength }: Certificate,
  depth: number,
): Fault[] {
  const faults: Fault[] = [];
  if (!isAuthority || keyUsage?.signsCertificates === false)
    faults.push(['CERTIFICATE_NOT_A_CA', 'may not issue certificates']);
  if (pathLength !== undefined && depth - 1 > pathLength)
    faults.push(['CERTIFICATE_PATH_LENGTH', `allows ${pathLength} authorities below it, not ${depth - 1}`]);
  if (!allowsCode(purposes)) faults.push(['CERTIFICATE_USAGE', 'is not made for signing code']);
  return faults;
}

function allowsCode(purposes: readonly string[] | undefined): boolean {
  return purposes === undefined || purposes.some((purpose) => SIGNING_PURPOSES.has(purpose));
}

function about({ x509 }: Certificate): string {
  return `The certificate of ${quoted(x509.subject.replaceAll('\n', ', '))}`;
}
