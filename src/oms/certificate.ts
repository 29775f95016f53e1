import { X509Certificate } from 'node:crypto';
import { AssayError } from '../core/errors.js';
import { type DerElement, derElements } from './der.js';
import { refusal } from './finding.js';

/** A certificate and what node:crypto does not tell about it. */
export interface Certificate {
  readonly x509: X509Certificate;
  readonly from: Date;
  readonly to: Date;
  readonly isAuthority: boolean;
  /** Authorities that may follow below this one, when limited. */
  readonly pathLength: number | undefined;
  /** Undefined when the certificate does not limit its use. */
  readonly keyUsage: { readonly digitalSignature: boolean; readonly signsCertificates: boolean } | undefined;
  /** Object identifiers of the extended key usage; undefined when there is none. */
  readonly purposes: readonly string[] | undefined;
  /** Content, in hex, of object identifiers of critical extensions that are not understood here. */
  readonly unknownCritical: readonly string[];
  /** Content, in hex, of the object identifier of the signature algorithm. */
  readonly algorithm: string;
}

/** Object identifiers of extensions as DER content in hex: 2.5.29.x is 551dxx. */
const BASIC_CONSTRAINTS = '551d13';
const KEY_USAGE = '551d0f';
/** Subject key id, subject alternative name, policies, authority key id, extended key usage. */
const UNDERSTOOD = new Set([BASIC_CONSTRAINTS, KEY_USAGE, '551d0e', '551d11', '551d20', '551d23', '551d25']);

const TAG = { boolean: 0x01, integer: 0x02, extensions: 0xa3 } as const;

/** Read a certificate of a bundle. Throws SIGNATURE_INVALID. */
export function readCertificate(der: Uint8Array): Certificate {
  try {
    return inspect(new X509Certificate(der));
  } catch {
    throw refusal('CERTIFICATE_INVALID', 'A certificate of the bundle cannot be read.');
  }
}

const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** All certificates of a PEM text. Throws USAGE when there is none or one cannot be read. */
export function readCertificates(pem: string, what: string): Certificate[] {
  try {
    const found = [...pem.matchAll(PEM_BLOCK)].map(([block]) => inspect(new X509Certificate(block)));
    if (found.length > 0) return found;
  } catch {
    // The same next step as for a text without any.
  }
  throw new AssayError('USAGE', `${what} holds no readable X.509 certificate in PEM.`, {
    hint: 'Give a file with one or more "-----BEGIN CERTIFICATE-----" blocks.',
  });
}

function inspect(x509: X509Certificate): Certificate {
  const [from, to] = [new Date(x509.validFrom), new Date(x509.validTo)];
  if (Number.isNaN(from.getTime()) || Number.isNaN(to.getTime())) throw new RangeError('no dates');
  const [body, algorithm] = children(first(derElements(x509.raw)));
  const holder = children(body).find(({ tag }) => tag === TAG.extensions);
  const extensions = holder === undefined ? [] : children(first(children(holder))).map(readExtension);
  const byId = new Map(extensions.map((extension) => [extension.id, extension.value]));
  if (byId.size !== extensions.length) throw new RangeError('an extension stands twice');
  const constraints = byId.get(BASIC_CONSTRAINTS);
  const usage = byId.get(KEY_USAGE);
  return {
    x509,
    from,
    to,
    isAuthority: x509.ca,
    pathLength: constraints === undefined ? undefined : readPathLength(constraints),
    keyUsage: usage === undefined ? undefined : readKeyUsage(usage),
    purposes: x509.keyUsage,
    unknownCritical: extensions
      .filter(({ id, critical }) => critical && !UNDERSTOOD.has(id))
      .map(({ id }) => id),
    algorithm: hex(first(children(algorithm))),
  };
}

/** Extension ::= SEQUENCE { id, critical BOOLEAN DEFAULT FALSE, value OCTET STRING }, RFC 5280 section 4.1. */
function readExtension(extension: DerElement): { id: string; critical: boolean; value: DerElement } {
  const [id, ...rest] = children(extension);
  const critical = rest[0]?.tag === TAG.boolean && rest[0].content[0] !== 0;
  return { id: hex(id), critical, value: first(derElements(required(rest.at(-1)).content)) };
}

/** BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }. */
function readPathLength(constraints: DerElement): number | undefined {
  const limit = children(constraints).find(({ tag }) => tag === TAG.integer);
  return limit === undefined ? undefined : limit.content.reduce((value, byte) => value * 256 + byte, 0);
}

/** KeyUsage ::= BIT STRING: one byte of unused bits, then digitalSignature is bit 0 and keyCertSign bit 5. */
function readKeyUsage({ content }: DerElement): NonNullable<Certificate['keyUsage']> {
  const bits = content[1] ?? 0;
  return { digitalSignature: (bits & 0x80) !== 0, signsCertificates: (bits & 0x04) !== 0 };
}

function children(element: DerElement | undefined): DerElement[] {
  return derElements(required(element).content);
}

function first(elements: readonly DerElement[]): DerElement {
  return required(elements[0]);
}

function required<T>(element: T | undefined): T {
  if (element === undefined) throw new RangeError('malformed DER');
  return element;
}

function hex(element: DerElement | undefined): string {
  return Buffer.from(required(element).content).toString('hex');
}
