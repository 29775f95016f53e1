import { join } from 'node:path';
import { AssayError, isAssayError } from '../core/errors.js';
import { openModelTree, readUserFile } from '../io/model-tree.js';
import { authenticate } from '../oms/authenticate.js';
import { parseBundle } from '../oms/bundle.js';
import { readCertificates } from '../oms/certificate.js';
import { failure, type OmsFault, type OmsFinding, warning } from '../oms/finding.js';
import { DEFAULT_IGNORED, ignoring } from '../oms/ignore.js';
import { hashOfKey, readPublicKey, unusableKey } from '../oms/key.js';
import { MAX_BUNDLE_BYTES, MAX_FINDINGS } from '../oms/limits.js';
import { readManifest } from '../oms/manifest.js';
import { parseStatement, type Statement } from '../oms/statement.js';
import type { Signer, Trust } from '../oms/trust.js';
import { compareTree } from './compare-tree.js';
import type { HashOptions } from './model-contents.js';

export const SIGNATURE_FILE = 'model.sig';

export interface VerifyModelOptions extends HashOptions {
  /** Whom to believe: a public key, certificate authorities (both PEM), or an identity Sigstore vouches for. */
  readonly trust:
    | { readonly publicKey: string }
    | { readonly authorities: string }
    | {
        readonly identity: string;
        readonly issuer: string;
        /** JSON; without it that of the public Sigstore instance. */
        readonly trustedRoot?: string;
      };
  /** Path of the signature file; `model.sig` in the folder unless given. */
  readonly signature?: string;
  /** When certificates must be valid; now unless given. Keyless signatures carry their own proof of time. */
  readonly at?: Date;
  /** Paths left out besides those the signer left out; exact and relative to the folder. */
  readonly ignorePaths?: readonly string[];
  readonly ignoreUnsignedFiles?: boolean;
  /** Accept the deprecated bundles of model_signing 0.2. */
  readonly allowLegacy?: boolean;
}

/** What a signature proves about a folder. */
export interface ModelVerification {
  /** No finding is an error: the files are those the signer signed. */
  readonly ok: boolean;
  readonly findings: readonly OmsFinding[];
  /** Findings of a delivery with very many, left out of the list. */
  readonly omitted: number;
  /** Null unless it is proven who signed. Whether it is whom you expect is a finding. */
  readonly signer: Signer | null;
  readonly statement: {
    /** Name of the model when it was signed; informational. */
    readonly subject: string;
    readonly rootDigest: string | null;
    readonly method: 'files' | 'shards';
    readonly hashType: string;
    readonly files: number;
  } | null;
  /** Present and not covered by the signature. */
  readonly ignored: readonly string[];
}

/**
 * Verify an OpenSSF Model Signing bundle and the files it covers, offline. Whatever is wrong with bundle, signer or
 * files is a finding of the result. Throws USAGE for keys, options and paths that cannot be used, and the errors of
 * reading files.
 */
export async function verifyModel(path: string, options: VerifyModelOptions): Promise<ModelVerification> {
  const trust = readTrust(options);
  const place = options.signature ?? join(path, SIGNATURE_FILE);
  const bytes = await readUserFile(place, MAX_BUNDLE_BYTES);
  try {
    const { signer, findings, statement } = await readSigned(bytes, trust, options);
    if (statement === null) return result({ signer, findings });
    return await holdAgainst(path, place, { signer, findings, statement }, options);
  } catch (cause) {
    if (isAssayError(cause, 'SIGNATURE_INVALID') && cause.fault !== undefined)
      return result({ signer: null, findings: [failure(cause.fault as OmsFault, cause.message)] });
    throw cause;
  }
}

function readTrust({ trust, at = new Date() }: VerifyModelOptions): Trust {
  if ('publicKey' in trust) {
    const key = readPublicKey(trust.publicKey);
    if (hashOfKey(key) === undefined) throw unusableKey('it is no ECDSA key on P-256, P-384 or P-521');
    return { method: 'key', key };
  }
  if ('identity' in trust) {
    const { identity, issuer, trustedRoot } = trust;
    return { method: 'sigstore', identity, issuer, trustedRoot };
  }
  if (Number.isNaN(at.getTime()))
    throw new AssayError('USAGE', 'The time of verification is no date.', {
      hint: 'Give one like 2026-01-31 or 2026-01-31T12:00:00Z.',
    });
  return {
    method: 'certificate',
    authorities: readCertificates(trust.authorities, 'The list of authorities'),
    at,
  };
}

interface Signed {
  readonly signer: Signer | null;
  readonly findings: readonly OmsFinding[];
  /** Null when nobody trusted vouches for it. */
  readonly statement: Statement | null;
}

async function readSigned(bytes: Uint8Array, trust: Trust, options: VerifyModelOptions): Promise<Signed> {
  const bundle = parseBundle(bytes, 'The signature file');
  const { allowLegacy = false } = options;
  const { signer, findings } = await authenticate(bundle, Buffer.from(bytes).toString('utf8'), trust, {
    allowLegacy,
  });
  if (signer === null || hasError(findings)) return { signer, findings, statement: null };
  const statement = parseStatement(bundle.payload);
  if (!statement.legacy || findings.some(({ code }) => code === 'LEGACY_FORMAT'))
    return { signer, findings, statement };
  const message = 'The statement is in the deprecated format of model_signing 0.2.';
  const legacy = (allowLegacy ? warning : failure)('LEGACY_FORMAT', message);
  return { signer, findings: [...findings, legacy], statement: allowLegacy ? statement : null };
}

async function holdAgainst(
  path: string,
  place: string,
  { signer, findings, statement }: Signed & { readonly statement: Statement },
  options: VerifyModelOptions,
): Promise<ModelVerification> {
  const { serialization } = statement;
  if (serialization.hashType === 'blake3')
    return result({
      signer,
      findings: [
        ...findings,
        failure('HASH_UNSUPPORTED', 'Files hashed with BLAKE3 cannot be verified here.'),
      ],
      statement,
    });
  const manifest = readManifest(statement);
  const found = [...findings, ...manifest.findings];
  if (hasError(found)) return result({ signer, findings: found, statement });
  const left = [...DEFAULT_IGNORED, ...serialization.ignorePaths, ...(options.ignorePaths ?? [])];
  const tree = await openModelTree(path, { isIgnored: ignoring(left), signature: place });
  const files = await compareTree(tree, manifest.files, statement, options);
  return result({ signer, findings: [...found, ...files], statement, ignored: tree.ignored });
}

function hasError(findings: readonly OmsFinding[]): boolean {
  return findings.some(({ severity }) => severity === 'error');
}

function result({
  signer,
  findings,
  statement = null,
  ignored = [],
}: {
  readonly signer: Signer | null;
  readonly findings: readonly OmsFinding[];
  readonly statement?: Statement | null;
  readonly ignored?: readonly string[];
}): ModelVerification {
  const errorsFirst = [...findings].sort(
    (a, b) => Number(a.severity > b.severity) - Number(a.severity < b.severity),
  );
  return {
    ok: !hasError(findings),
    findings: errorsFirst.slice(0, MAX_FINDINGS),
    omitted: Math.max(0, findings.length - MAX_FINDINGS),
    signer,
    statement: statement && {
      subject: statement.subject,
      rootDigest: statement.rootDigest ?? null,
      method: statement.serialization.method,
      hashType: statement.serialization.hashType,
      files: readManifest(statement).files.size,
    },
    ignored,
  };
}
