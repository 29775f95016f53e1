import { type KeyObject, sign as signBytes, verify as verifyBytes } from 'node:crypto';
import { z } from 'zod';
import { AssayError } from '../core/errors.js';
import { readPrivateKey, readPublicKey, unusableKey } from '../oms/key.js';
import { preAuthEncoding } from '../oms/pae.js';

/** What the signed bytes are; part of what is signed. */
const PAYLOAD_TYPE = 'application/vnd.model-assay+json';

const envelopeSchema = z.object({
  payloadType: z.literal(PAYLOAD_TYPE),
  payload: z.base64(),
  signatures: z.array(z.object({ keyid: z.string().optional(), sig: z.base64() })).min(1),
});

/** A DSSE envelope around a document. */
export type Envelope = z.infer<typeof envelopeSchema>;

/**
 * Sign a document (evidence, report or profile text) with an Ed25519 or ECDSA private key in PEM.
 * Source: DSSE v1 (secure-systems-lab/dsse). Throws USAGE for a key that cannot sign.
 */
export function sign(document: string, privateKeyPem: string): Envelope {
  const key = readPrivateKey(privateKeyPem);
  const payload = Buffer.from(document, 'utf8');
  const sig = signBytes(digestOf(key), preAuthEncoding(PAYLOAD_TYPE, payload), key).toString('base64');
  return { payloadType: PAYLOAD_TYPE, payload: payload.toString('base64'), signatures: [{ sig }] };
}

/**
 * The document of an envelope that the public key signed. Throws SIGNATURE_INVALID when no signature is by that
 * key over these bytes, EVIDENCE_INVALID when the text is no envelope.
 */
export function verify(envelopeJson: string, publicKeyPem: string): string {
  const envelope = readEnvelope(envelopeJson);
  const key = readPublicKey(publicKeyPem);
  const payload = Buffer.from(envelope.payload, 'base64');
  const encoded = preAuthEncoding(PAYLOAD_TYPE, payload);
  const good = envelope.signatures.some(({ sig }) =>
    verifyBytes(digestOf(key), encoded, key, Buffer.from(sig, 'base64')),
  );
  if (good) return payload.toString('utf8');
  throw new AssayError(
    'SIGNATURE_INVALID',
    'No signature of the envelope was made by this key over these bytes.',
    {
      hint: 'Check that the public key is the signer’s and that the file was not edited.',
    },
  );
}

/** Ed25519 hashes for itself; ECDSA is used with SHA-256. */
function digestOf(key: KeyObject): string | null {
  if (key.asymmetricKeyType === 'ed25519') return null;
  if (key.asymmetricKeyType === 'ec') return 'sha256';
  throw unusableKey(`it is of type ${key.asymmetricKeyType}`);
}

function readEnvelope(text: string): Envelope {
  try {
    return envelopeSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new AssayError('EVIDENCE_INVALID', 'The file is not a signed model-assay document.', {
      hint: 'Make it with: assay sign <file> --key private.pem -o signed.json',
      cause,
    });
  }
}
