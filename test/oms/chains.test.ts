import { expect, test } from 'vitest';
import { check, codes, folderOf, text } from './support.js';

// Chains made by scripts/golden/oms.py with cryptography 50.0.2, dated around 2026-01-01; each is wrong in one way.
const folder = folderOf({ good: 'good' });
const verify = (name: string, at: string) =>
  check(folder, text(`chains/${name}.sig`), {
    trust: { authorities: text('model_signing-1.1.1/root.pem') },
    at: new Date(at),
  });

test.each([
  ['good', []],
  ['root-included', []],
  ['unordered', []],
  ['harmless-unknown', []],
  ['expired', ['CERTIFICATE_EXPIRED']],
  ['not-yet-valid', ['CERTIFICATE_NOT_YET_VALID']],
  ['expired-authority', ['CERTIFICATE_EXPIRED']],
  ['web-server', ['CERTIFICATE_USAGE']],
  ['no-signatures', ['CERTIFICATE_USAGE']],
  ['no-use-stated', ['CERTIFICATE_USAGE']],
  ['web-authority', ['CERTIFICATE_USAGE']],
  ['not-a-ca', ['CERTIFICATE_NOT_A_CA']],
  ['may-not-certify', ['CERTIFICATE_NOT_A_CA']],
  ['path-too-long', ['CERTIFICATE_PATH_LENGTH']],
  ['critical-unknown', ['CERTIFICATE_EXTENSION']],
  ['foreign-root', ['CERTIFICATE_UNKNOWN_CA']],
  ['middle-missing', ['CERTIFICATE_UNKNOWN_CA']],
  ['rsa', ['KEY_UNSUPPORTED']],
  ['garbage', ['CERTIFICATE_INVALID']],
])('%s', async (name, expected) => {
  const verification = await verify(name, '2026-01-01T00:00:00Z');
  expect(codes(verification)).toEqual(expected);
  expect(verification.ok).toBe(expected.length === 0);
});

test('a certificate is held against the time that is asked for', async () => {
  expect(codes(await verify('expired', '2025-11-15'))).toEqual([]);
  expect(codes(await verify('expired', '2025-11-01'))).toEqual(['CERTIFICATE_NOT_YET_VALID']);
  expect(codes(await verify('not-yet-valid', '2035-01-01'))).toEqual([]);
  // Leaf, intermediate and root alike.
  expect(codes(await verify('good', '2060-01-01'))).toEqual(Array(3).fill('CERTIFICATE_EXPIRED'));
});

test('now is the time unless another is asked for', async () => {
  const verification = await check(folder, text('chains/expired.sig'), {
    trust: { authorities: text('model_signing-1.1.1/root.pem') },
  });
  expect(codes(verification)).toEqual(['CERTIFICATE_EXPIRED']);
});

test('an intermediate may be what the verifier trusts', async () => {
  const [, intermediate = ''] = text('model_signing-1.1.1/p256.chain.pem').split(
    /(?<=-----END CERTIFICATE-----\n)/,
  );
  const verification = await check(folder, text('chains/good.sig'), {
    trust: { authorities: intermediate },
    at: new Date('2026-01-01'),
  });
  expect(codes(verification)).toEqual([]);
});
