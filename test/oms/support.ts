import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ModelVerification, type VerifyModelOptions, verifyModel } from '../../src/api/verify-model.js';

export const place = (path: string): string =>
  fileURLToPath(new URL(`../../fixtures/oms/${path}`, import.meta.url));
export const text = (path: string): string => readFileSync(place(path), 'utf8');
export const sha256 = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');
export const scratch = (): string => mkdtempSync(join(tmpdir(), 'assay-oms-'));

/** A folder with these files. */
export function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = scratch();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

export interface TestKey {
  readonly secret: KeyObject;
  readonly privatePem: string;
  readonly publicPem: string;
}

export function newKey(namedCurve = 'P-256'): TestKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve });
  return keyOf(privateKey);
}

function keyOf(secret: KeyObject): TestKey {
  return {
    secret,
    privatePem: secret.export({ type: 'pkcs8', format: 'pem' }) as string,
    publicPem: createPublicKey(secret).export({ type: 'spki', format: 'pem' }) as string,
  };
}

/** One key for statements made by hand. */
export const KEY = newKey();

export type Row = readonly [name: string, digest: string];
const TYPE = 'application/vnd.in-toto+json';

/** A statement as the specification writes it, built without the code under test. */
export function statementOf(rows: readonly Row[], serialization: object = {}, algorithm = 'sha256') {
  const root = createHash('sha256');
  for (const [, digest] of rows) root.update(Buffer.from(digest, 'hex'));
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'model', digest: { sha256: root.digest('hex') } }],
    predicateType: 'https://model_signing/signature/v1.0',
    predicate: {
      resources: rows.map(([name, digest]) => ({ name, algorithm, digest })),
      serialization: { method: 'files', hash_type: 'sha256', allow_symlinks: false, ...serialization },
    },
  };
}

/** A key-signed bundle around any text. */
export function bundleOf(payload: string | object, { key = KEY, hint = sha256(key.publicPem) } = {}) {
  const bytes = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  const signed = Buffer.concat([Buffer.from(`DSSEv1 ${TYPE.length} ${TYPE} ${bytes.length} `), bytes]);
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
    verificationMaterial: { publicKey: { hint }, tlogEntries: [] as unknown[] },
    dsseEnvelope: {
      payload: bytes.toString('base64'),
      payloadType: TYPE,
      signatures: [{ sig: sign('sha256', signed, key.secret).toString('base64'), keyid: '' }],
    },
  };
}

/** Verify a folder against a bundle that lies outside of it. */
export function check(
  folder: string,
  bundle: object | string,
  options: Partial<VerifyModelOptions> = {},
): Promise<ModelVerification> {
  const signature = join(scratch(), 'model.sig');
  writeFileSync(signature, typeof bundle === 'string' ? bundle : JSON.stringify(bundle));
  return verifyModel(folder, { trust: { publicKey: KEY.publicPem }, signature, ...options });
}

/** Codes, with `!` for warnings and the path a finding is about. */
export function codes({ findings }: ModelVerification): string[] {
  return findings.map(
    ({ code, severity, path, now }) =>
      `${code}${severity === 'warning' ? '!' : ''}${path === undefined ? '' : ` ${path}`}${now === undefined ? '' : ` -> ${now}`}`,
  );
}
