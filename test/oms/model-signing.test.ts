import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { signModel } from '../../src/api/sign-model.js';
import { verifyModel } from '../../src/api/verify-model.js';
import { codes, folderOf, place, text } from './support.js';

// Bundles of model_signing 1.1.1 (sigstore/model-transparency e343073, cryptography 50.0.2) made by
// scripts/golden/oms.py over tree.json. The same script showed our bundles to model_signing.
const TREE = JSON.parse(text('model_signing-1.1.1/tree.json')) as Record<string, string>;
const folder = folderOf(TREE);
const CURVES = ['p256', 'p384', 'p521'] as const;
const METHODS = ['key', 'certificate'] as const;
const trust = (curve: string, method: string) =>
  method === 'key'
    ? { publicKey: text(`model_signing-1.1.1/${curve}.pub.pem`) }
    : { authorities: text('model_signing-1.1.1/root.pem') };
const pairs = CURVES.flatMap((curve) => METHODS.map((method) => [curve, method] as const));

describe.each(pairs)('%s %s', (curve, method) => {
  test.each(['files', 'shards', 'blake2b'])('of model_signing by %s is verified', async (kind) => {
    const verification = await verifyModel(folder, {
      trust: trust(curve, method),
      signature: place(`model_signing-1.1.1/${curve}-${method}-${kind}.sig`),
    });
    expect(codes(verification)).toEqual(kind === 'shards' ? ['FILE_EMPTY_UNSIGNED! empty'] : []);
    expect(verification.ok).toBe(true);
    expect(verification.statement?.files).toBe(kind === 'shards' ? 7 : 8);
  });

  test('of ours is verified, and states what model_signing states', async () => {
    const signed = await signModel(folder, {
      privateKey: text(`model_signing-1.1.1/${curve}.key.pem`),
      ...(method === 'key' ? {} : { certificateChain: text(`model_signing-1.1.1/${curve}.chain.pem`) }),
    });
    const signature = join(folderOf({}), 'model.sig');
    writeFileSync(signature, signed.bundle);
    const verification = await verifyModel(folder, { trust: trust(curve, method), signature });
    expect(codes(verification)).toEqual([]);
    expect(verification.statement).toMatchObject({
      rootDigest: signed.rootDigest,
      files: 8,
      method: 'files',
    });

    const [ours, theirs] = [signed.bundle, text(`model_signing-1.1.1/${curve}-${method}-files.sig`)].map(
      (bundle) => JSON.parse(bundle),
    );
    expect(Object.keys(ours.verificationMaterial)).toEqual(Object.keys(theirs.verificationMaterial));
    if (method === 'key') expect(ours.verificationMaterial).toEqual(theirs.verificationMaterial);
    else {
      // The root was in the chain we were given, and stays with the verifier.
      expect(ours.verificationMaterial.x509CertificateChain).toEqual(
        theirs.verificationMaterial.x509CertificateChain,
      );
    }
    const [mine, other] = [ours, theirs].map(({ dsseEnvelope }) =>
      JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString()),
    );
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    expect([...mine.predicate.resources].sort(byName)).toEqual([...other.predicate.resources].sort(byName));
  });
});

test('resources are listed by code point and the root digest is over that list', async () => {
  const { bundle, rootDigest } = await signModel(folder, {
    privateKey: text('model_signing-1.1.1/p256.key.pem'),
    signature: join(folder, 'out', 'model.sig'),
  });
  const { predicate } = JSON.parse(
    Buffer.from(JSON.parse(bundle).dsseEnvelope.payload, 'base64').toString('utf8'),
  );
  const names = predicate.resources.map(({ name }: { name: string }) => name);
  expect(names).toEqual([
    'a-b',
    'a.txt',
    'a/b',
    'big.bin',
    'empty',
    'sub/.git',
    '\u{ff5e} wide tilde',
    '\u{1f600} face',
  ]);
  const root = createHash('sha256');
  for (const name of names)
    root.update(
      createHash('sha256')
        .update(TREE[name] ?? '')
        .digest(),
    );
  expect(rootDigest).toBe(root.digest('hex'));
});
