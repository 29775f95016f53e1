import { type KeyObject, sign } from 'node:crypto';
import { AssayError } from '../core/errors.js';
import { quoted } from '../formats/failure.js';
import { digestFiles } from '../io/hash/digest-files.js';
import { type ModelTree, openModelTree } from '../io/model-tree.js';
import { writeBundle } from '../oms/bundle.js';
import { readCertificates } from '../oms/certificate.js';
import { DEFAULT_IGNORED, ignoring, isUsableIgnore } from '../oms/ignore.js';
import { hashOfKey, keyHint, readPrivateKey, unusableKey } from '../oms/key.js';
import { byCodePoint } from '../oms/order.js';
import { preAuthEncoding } from '../oms/pae.js';
import { type Resource, unsafePath } from '../oms/resource.js';
import { writeStatement } from '../oms/statement.js';
import type { HashOptions } from './model-contents.js';

export interface SignModelOptions extends HashOptions {
  /** ECDSA key on P-256, P-384 or P-521, PEM, not encrypted. */
  readonly privateKey: string;
  /** PEM, leaf first; self-signed roots are left out, since the verifier must have its own. */
  readonly certificateChain?: string;
  /** Where the bundle will be written, so that it does not sign itself. */
  readonly signature?: string;
  /** Paths left out besides those of git; exact and relative to the folder. */
  readonly ignorePaths?: readonly string[];
}

export interface SignedModel {
  /** Text of the signature file. */
  readonly bundle: string;
  readonly subject: string;
  readonly rootDigest: string;
  readonly files: number;
  readonly bytes: number;
}

/**
 * Sign every file of a folder, or one file, as an OpenSSF Model Signing 1.0 bundle (method files, SHA-256).
 * Throws USAGE for unusable keys, certificates and ignore paths and for links in the folder, CANDIDATE_EMPTY, and the
 * errors of reading files.
 */
export async function signModel(path: string, options: SignModelOptions): Promise<SignedModel> {
  const key = readPrivateKey(options.privateKey);
  const hash = hashOfKey(key);
  if (hash === undefined) throw unusableKey('it is no ECDSA key on P-256, P-384 or P-521');
  const material = verificationMaterial(key, options.certificateChain);
  const { tree, ignorePaths } = await openUnsigned(path, options);
  const { resources, bytes } = await hashAll(tree, options);
  const { type, payload, rootDigest } = writeStatement(tree.name, resources, ignorePaths);
  const signature = sign(hash, preAuthEncoding(type, payload), key);
  const bundle = writeBundle(material, payload, signature);
  return { bundle, subject: tree.name, rootDigest, files: resources.length, bytes };
}

function verificationMaterial(key: KeyObject, chainPem: string | undefined): unknown {
  if (chainPem === undefined) return { publicKey: { hint: keyHint(key) }, tlogEntries: [] };
  const chain = readCertificates(chainPem, 'The certificate chain');
  const [leaf, ...others] = chain;
  if (!leaf?.x509.checkPrivateKey(key))
    throw new AssayError('USAGE', 'The first certificate of the chain is not that of the private key.', {
      hint: 'Put the signing certificate first, then the authorities up to the root.',
    });
  const sent = [leaf, ...others.filter(({ x509 }) => !x509.verify(x509.publicKey))];
  const certificates = sent.map(({ x509 }) => ({ rawBytes: x509.raw.toString('base64') }));
  return { x509CertificateChain: { certificates }, tlogEntries: [] };
}

async function openUnsigned(
  path: string,
  options: SignModelOptions,
): Promise<{ readonly tree: ModelTree; readonly ignorePaths: readonly string[] }> {
  for (const entry of options.ignorePaths ?? [])
    if (!isUsableIgnore(entry))
      throw new AssayError('USAGE', `${quoted(entry)} cannot be an ignore path.`, {
        hint: 'Give exact paths relative to the folder, with "/", without "..", "*", "?" and "[".',
      });
  const { signature, ignorePaths: asked = [] } = options;
  const tree = await openModelTree(path, { isIgnored: ignoring([...DEFAULT_IGNORED, ...asked]), signature });
  for (const name of [...tree.links, ...tree.special, ...tree.unnameable])
    throw new AssayError(
      'USAGE',
      `${quoted(name)} is no regular file with a UTF-8 name; it cannot be signed.`,
      {
        hint: 'Replace links by what they lead to, or leave the path out with --ignore.',
      },
    );
  const own = tree.signature === undefined ? [] : [tree.signature];
  return { tree, ignorePaths: [...new Set([...DEFAULT_IGNORED, ...own, ...asked])].sort(byCodePoint) };
}

async function hashAll(
  tree: ModelTree,
  options: HashOptions,
): Promise<{ readonly resources: readonly Resource[]; readonly bytes: number }> {
  if (tree.files.length === 0)
    throw new AssayError('CANDIDATE_EMPTY', 'There is no file to sign.', {
      hint: 'Give the folder of a model.',
    });
  const names = [...tree.files].sort(byCodePoint);
  for (const name of names) {
    const why = unsafePath(name);
    if (why !== undefined) throw new AssayError('USAGE', `The path ${quoted(name)} ${why}.`);
  }
  const hashed = await digestFiles(tree, names, options);
  const resources = hashed.map(({ path, sha256 }) => ({ name: path, digest: sha256 }));
  return { resources, bytes: hashed.reduce((sum, { bytes }) => sum + bytes, 0) };
}
