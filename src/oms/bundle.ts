import { isAssayError } from '../core/errors.js';
import { quoted } from '../formats/failure.js';
import { type JsonValue, parseJson } from '../formats/json/parse.js';
import { type Fields, fieldsOf } from './fields.js';
import { refusal } from './finding.js';
import { MAX_BUNDLE_BYTES, MAX_CERTIFICATE_BYTES, MAX_CERTIFICATES, MAX_LOG_ENTRIES } from './limits.js';

export const MEDIA_TYPE = 'application/vnd.dev.sigstore.bundle.v0.3+json';
export const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** How the signer is known. */
export type VerificationMaterial =
  | { readonly method: 'key'; readonly hint?: string; readonly publicKey?: Uint8Array }
  /** DER, leaf first. */
  | { readonly method: 'certificate'; readonly certificates: readonly Uint8Array[] }
  /** DER of the short-lived certificate; the log entries stay in the text for the Sigstore verifier. */
  | { readonly method: 'sigstore'; readonly certificate: Uint8Array };

/** A parsed signature file. `payload` is kept byte for byte: it is what was signed. */
export interface Bundle {
  readonly material: VerificationMaterial;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * Read a Sigstore bundle v0.3 with a DSSE envelope, OMS specification 1.0 section 4. Throws SIGNATURE_INVALID.
 */
export function parseBundle(bytes: Uint8Array, name: string): Bundle {
  const bundle = fieldsOf(readJson(bytes, name), 'The bundle', 'BUNDLE_INVALID');
  const mediaType = bundle.text('mediaType');
  if (mediaType !== MEDIA_TYPE)
    throw refusal('BUNDLE_MEDIA_TYPE', `The media type is ${quoted(mediaType)}; expected ${MEDIA_TYPE}.`);
  if (bundle.has('messageSignature'))
    throw refusal('BUNDLE_INVALID', 'The bundle holds a plain signature; a model needs a DSSE envelope.');
  const material = readMaterial(bundle.object('verificationMaterial'));
  const envelope = bundle.object('dsseEnvelope');
  const payloadType = envelope.text('payloadType');
  if (payloadType !== PAYLOAD_TYPE)
    throw refusal('PAYLOAD_TYPE', `The payload type is ${quoted(payloadType)}; expected ${PAYLOAD_TYPE}.`);
  const [signature, ...others] = envelope.objects('signatures');
  if (signature === undefined || others.length > 0)
    throw refusal('BUNDLE_SIGNATURE_COUNT', 'The envelope must hold exactly one signature.');
  return { material, payload: envelope.bytes('payload'), signature: signature.bytes('sig') };
}

/** JSON of a stranger as a Map, every fault of the text as one refusal. */
export function readJson(
  bytes: Uint8Array,
  name: string,
  fault: 'BUNDLE_INVALID' | 'STATEMENT_INVALID' = 'BUNDLE_INVALID',
): JsonValue {
  if (bytes.length > MAX_BUNDLE_BYTES)
    throw refusal(fault, `${name} has ${bytes.length} bytes; signatures stay under ${MAX_BUNDLE_BYTES}.`);
  try {
    return parseJson(bytes, name);
  } catch (cause) {
    throw isAssayError(cause) ? refusal(fault, cause.message) : cause;
  }
}

const METHODS = ['publicKey', 'x509CertificateChain', 'certificate'] as const;

function readMaterial(material: Fields): VerificationMaterial {
  const present = METHODS.filter((key) => material.has(key));
  if (present.length !== 1)
    throw refusal('BUNDLE_MATERIAL', `Expected one of ${METHODS.join(', ')}; found ${present.length}.`);
  if (present[0] === 'publicKey') return readPublicKey(material.object('publicKey'));
  if (present[0] === 'x509CertificateChain') {
    const chain = material.object('x509CertificateChain').objects('certificates');
    if (chain.length === 0 || chain.length > MAX_CERTIFICATES)
      throw refusal(
        'BUNDLE_MATERIAL',
        `The chain has ${chain.length} certificates; 1 to ${MAX_CERTIFICATES}.`,
      );
    return { method: 'certificate', certificates: chain.map(readCertificateBytes) };
  }
  checkLogEntries(material.has('tlogEntries') ? material.objects('tlogEntries') : []);
  return { method: 'sigstore', certificate: readCertificateBytes(material.object('certificate')) };
}

const LOG_NAME = /^[\w.:/-]{1,200}$/;

function checkLogEntries(entries: readonly Fields[]): void {
  if (entries.length === 0 || entries.length > MAX_LOG_ENTRIES)
    throw refusal(
      'BUNDLE_MATERIAL',
      `The bundle has ${entries.length} log entries; 1 to ${MAX_LOG_ENTRIES}.`,
    );
  for (const entry of entries) {
    if (!entry.has('inclusionProof') || !entry.object('inclusionProof').has('checkpoint')) continue;
    const checkpoint = entry.object('inclusionProof').object('checkpoint').text('envelope');
    // @sigstore/verify 3.1.1 compiles these names as regular expressions; a hostile one runs for ever.
    for (const [, name = ''] of checkpoint.matchAll(/\u2014 (\S+)/g))
      if (!LOG_NAME.test(name))
        throw refusal(
          'BUNDLE_INVALID',
          `The log checkpoint is signed as ${quoted(name)}, which names no log.`,
        );
  }
}

/** `hint` since model_signing 1.1, `rawBytes` before (section 11.2). */
function readPublicKey(key: Fields): VerificationMaterial {
  if (!key.has('hint') && !key.has('rawBytes'))
    throw refusal('BUNDLE_MATERIAL', 'The bundle names its key neither by hint nor by bytes.');
  return {
    method: 'key',
    ...(key.has('hint') ? { hint: key.text('hint') } : {}),
    ...(key.has('rawBytes') ? { publicKey: key.bytes('rawBytes') } : {}),
  };
}

function readCertificateBytes(certificate: Fields): Uint8Array {
  const bytes = certificate.bytes('rawBytes');
  if (bytes.length <= MAX_CERTIFICATE_BYTES) return bytes;
  throw refusal('CERTIFICATE_INVALID', `A certificate has ${bytes.length} bytes.`);
}

/** The text of a signature file. */
export function writeBundle(material: unknown, payload: Uint8Array, signature: Uint8Array): string {
  const bundle = {
    mediaType: MEDIA_TYPE,
    verificationMaterial: material,
    dsseEnvelope: {
      payload: Buffer.from(payload).toString('base64'),
      payloadType: PAYLOAD_TYPE,
      signatures: [{ sig: Buffer.from(signature).toString('base64'), keyid: '' }],
    },
  };
  return `${JSON.stringify(bundle, null, 2)}\n`;
}
