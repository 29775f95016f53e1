import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type VerifyModelOptions, verifyModel } from '../../src/api/verify-model.js';

const place = (path: string): string => fileURLToPath(new URL(`../../fixtures/oms/${path}`, import.meta.url));
const text = (path: string): string => readFileSync(place(path), 'utf8');

/** Whom the scripts of sigstore/model-transparency e343073 trust for their bundles. */
const TRUST: Readonly<Record<string, VerifyModelOptions['trust']>> = {
  certificate: { authorities: text('keys/ca-cert.pem') },
  'elliptic-key': { publicKey: text('keys/signing-key-pub.pem') },
  sigstore: {
    identity: 'stefanb@us.ibm.com',
    issuer: 'https://sigstore.verify.ibm.com/oauth2',
  },
};

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

describe('the bundles of every version of model_signing', () => {
  test.each(BUNDLES)('%s %s', async (version, method, part, ignore) => {
    const folder = place(`historical/${version}-${method}`);
    const verification = await verifyModel(part === '' ? folder : `${folder}/${part}`, {
      trust: TRUST[method] ?? { publicKey: '' },
      signature: `${folder}/model.sig`,
      allowLegacy: version === 'v0.2.0',
      ...(ignore === undefined ? {} : { ignorePaths: [ignore] }),
    });
    const legacy = version === 'v0.2.0' ? ['LEGACY_FORMAT'] : [];
    expect(verification.findings.map(({ code }) => code)).toEqual(legacy);
    expect(verification.ok).toBe(true);
    expect(verification.signer?.method).toBe(method === 'elliptic-key' ? 'key' : method);
    expect(verification.statement?.files).toBe(part === '' ? 2 : 1);
  });
});
