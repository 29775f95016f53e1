import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type VerifyModelOptions, verifyModel } from '../../src/api/verify-model.js';
import { codes, place, scratch, text } from './support.js';

const SIGSTORE = { identity: 'stefanb@us.ibm.com', issuer: 'https://sigstore.verify.ibm.com/oauth2' };

/** Whom the scripts of sigstore/model-transparency e343073 trust for their bundles. */
const TRUST: Readonly<Record<string, VerifyModelOptions['trust']>> = {
  certificate: { authorities: text('keys/ca-cert.pem') },
  'elliptic-key': { publicKey: text('keys/signing-key-pub.pem') },
  sigstore: SIGSTORE,
};
const trust = (method: string): VerifyModelOptions['trust'] => TRUST[method] ?? { publicKey: '' };

/** Version, method, the part of the folder that was signed, and what its script leaves out. */
const BUNDLES = [
  ['v0.2.0', 'certificate', '', undefined],
  ['v0.3.1', 'certificate', '', undefined],
  ['v0.3.1', 'elliptic-key', 'signme-1', undefined],
  ['v0.3.1', 'sigstore', '', undefined],
  ['v1.0.0', 'certificate', '', undefined],
  ['v1.0.0', 'elliptic-key', 'signme-1', undefined],
  ['v1.0.0', 'sigstore', '', undefined],
  ['v1.0.1', 'certificate', '', 'ignore-me'],
  ['v1.0.1', 'elliptic-key', '', 'ignore-me'],
  ['v1.0.1', 'sigstore', '', 'ignore-me'],
  ['v1.1.0', 'certificate', '', undefined],
  ['v1.1.0', 'elliptic-key', '', undefined],
  ['v1.1.0', 'sigstore', '', undefined],
] as const;

describe('bundles of every version of model_signing', () => {
  test.each(BUNDLES)('%s %s', async (version, method, part, ignore) => {
    const folder = place(`historical/${version}-${method}`);
    const verification = await verifyModel(part === '' ? folder : join(folder, part), {
      trust: trust(method),
      signature: join(folder, 'model.sig'),
      allowLegacy: version === 'v0.2.0',
      ...(ignore === undefined ? {} : { ignorePaths: [ignore] }),
    });
    expect(codes(verification)).toEqual(version === 'v0.2.0' ? ['LEGACY_FORMAT!'] : []);
    expect(verification.ok).toBe(true);
    expect(verification.signer?.method).toBe(method === 'elliptic-key' ? 'key' : method);
    expect(verification.statement?.files).toBe(part === '' ? 2 : 1);
    expect(verification.ignored).toEqual(version === 'v1.0.1' || version === 'v1.1.0' ? ['ignore-me'] : []);
  });

  test('the deprecated format is refused unless it is asked for', async () => {
    const verification = await verifyModel(place('historical/v0.2.0-certificate'), {
      trust: trust('certificate'),
    });
    expect(codes(verification)).toEqual(['LEGACY_FORMAT']);
  });

  test('a file that 1.0.1 was told to leave out and did not record is extra', async () => {
    const verification = await verifyModel(place('historical/v1.0.1-certificate'), {
      trust: trust('certificate'),
    });
    expect(codes(verification)).toEqual(['FILE_EXTRA ignore-me']);
  });
});

describe('keyless bundles', () => {
  const folder = place('historical/v1.1.0-sigstore');
  const bundle = (): ReturnType<typeof JSON.parse> =>
    JSON.parse(text('historical/v1.1.0-sigstore/model.sig'));
  const verify = (edited: unknown, policy: VerifyModelOptions['trust'] = SIGSTORE) => {
    const signature = join(scratch(), 'edited.sig');
    writeFileSync(signature, JSON.stringify(edited));
    return verifyModel(folder, { trust: policy, signature, ignorePaths: ['ignore-me'] });
  };

  test.each([
    ['a part of the identity', { ...SIGSTORE, identity: 'b@us.ibm.com' }, 'IDENTITY_MISMATCH'],
    ['a pattern', { ...SIGSTORE, identity: '.*' }, 'IDENTITY_MISMATCH'],
    ['another issuer', { ...SIGSTORE, issuer: 'https://accounts.google.com' }, 'ISSUER_MISMATCH'],
    ['a part of the issuer', { ...SIGSTORE, issuer: 'https://sigstore.verify.ibm.com' }, 'ISSUER_MISMATCH'],
  ])('are not taken for %s', async (_, policy, code) => {
    const verification = await verify(bundle(), policy);
    expect(codes(verification)).toEqual([code]);
    expect(verification.signer).toEqual({ method: 'sigstore', ...SIGSTORE });
  });

  test('of another instance are not trusted', async () => {
    const trustedRoot = JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
      tlogs: [],
      certificateAuthorities: [],
      ctlogs: [],
      timestampAuthorities: [],
    });
    expect(codes(await verify(bundle(), { ...SIGSTORE, trustedRoot }))).toEqual(['SIGSTORE_UNTRUSTED']);
  });

  test('without a proof of inclusion, or with one of another entry, are not trusted', async () => {
    const edited = bundle();
    edited.verificationMaterial.tlogEntries[0].inclusionProof.hashes[0] = Buffer.alloc(32).toString('base64');
    expect(codes(await verify(edited))).toEqual(['SIGSTORE_UNTRUSTED']);
    const unlogged = bundle();
    unlogged.verificationMaterial.tlogEntries = [];
    expect(codes(await verify(unlogged))).toEqual(['BUNDLE_MATERIAL']);
  });

  test('whose checkpoint carries a regular expression are refused before it runs', async () => {
    const edited = bundle();
    const { checkpoint } = edited.verificationMaterial.tlogEntries[0].inclusionProof;
    checkpoint.envelope = checkpoint.envelope.replace('\u2014 rekor.sigstore.dev', '\u2014 ^(.|.|.)*!');
    expect(codes(await verify(edited))).toEqual(['BUNDLE_INVALID']);
  });

  test('with an altered payload name the signature, not the log', async () => {
    const edited = bundle();
    const payload = Buffer.from(edited.dsseEnvelope.payload, 'base64');
    payload[payload.length - 10] = (payload[payload.length - 10] ?? 0) ^ 1;
    edited.dsseEnvelope.payload = payload.toString('base64');
    expect(codes(await verify(edited))).toEqual(['SIGNATURE_MISMATCH']);
  });
});

describe('vectors of the OMS specification a0c91e2', () => {
  const two = { ignorePaths: ['ignore-me', 'model.sig'] };
  test.each([
    ['valid/key', 'v1.1.0-elliptic-key', 'elliptic-key', []],
    ['valid/certificate', 'v1.1.0-elliptic-key', 'certificate', []],
    ['valid/sigstore', 'v1.1.0-sigstore', 'sigstore', []],
    ['invalid/empty', 'v1.1.0-elliptic-key', 'elliptic-key', ['BUNDLE_INVALID']],
    ['invalid/missing-envelope', 'v1.1.0-elliptic-key', 'elliptic-key', ['BUNDLE_INVALID']],
    ['invalid/missing-tlog-entries', 'v1.1.0-sigstore', 'sigstore', ['BUNDLE_MATERIAL']],
    ['invalid/missing-verification-material', 'v1.1.0-elliptic-key', 'elliptic-key', ['BUNDLE_INVALID']],
    // Its signature is that of another payload, so the predicate is never read.
    ['invalid-payload/wrong-predicate', 'v1.1.0-elliptic-key', 'elliptic-key', ['SIGNATURE_MISMATCH']],
  ])('%s', async (vector, folder, method, expected) => {
    const verification = await verifyModel(place(`historical/${folder}`), {
      trust: trust(method),
      signature: place(`spec/${vector}.bundle.json`),
      ...two,
    });
    expect(codes(verification)).toEqual(expected);
  });
});
