import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sign, verify } from '../../src/api/sign.js';
import { isAssayError } from '../../src/core/errors.js';

const pem = (type: 'ed25519' | 'ec' | 'rsa') => {
  const { privateKey, publicKey } =
    type === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : type === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : generateKeyPairSync('ed25519');
  return {
    secret: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    open: publicKey.export({ type: 'spki', format: 'pem' }) as string,
  };
};

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return isAssayError(error) ? error.code : String(error);
  }
  return 'nothing thrown';
}

describe.each(['ed25519', 'ec'] as const)('%s signatures', (type) => {
  const key = pem(type);
  const envelope = sign('{"schema":"report/1"}\n', key.secret);

  it('give the document back', () => {
    expect(verify(JSON.stringify(envelope), key.open)).toBe('{"schema":"report/1"}\n');
  });

  it('fail for a changed byte and for a foreign key', () => {
    const payload = Buffer.from('{"schema":"report/2"}\n').toString('base64');
    expect(codeOf(() => verify(JSON.stringify({ ...envelope, payload }), key.open))).toBe(
      'SIGNATURE_INVALID',
    );
    expect(codeOf(() => verify(JSON.stringify(envelope), pem(type).open))).toBe('SIGNATURE_INVALID');
  });
});

describe('keys and envelopes', () => {
  it('that are of another kind are refused with a code', () => {
    expect(codeOf(() => sign('x', pem('rsa').secret))).toBe('USAGE');
    expect(codeOf(() => sign('x', 'not a key'))).toBe('USAGE');
    expect(codeOf(() => verify('{}', pem('ed25519').open))).toBe('EVIDENCE_INVALID');
  });
});
