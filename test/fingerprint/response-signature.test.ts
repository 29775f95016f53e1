import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRng } from '../../src/core/rng.js';
import type { ReplySignature, SignalInput, VariantView } from '../../src/core/types.js';
import responseSignatureProbe, {
  type ResponseSignatures,
} from '../../src/fingerprint/probes/response-signature.js';
import responseSignature from '../../src/fingerprint/signals/response-signature.js';
import { signatureValues } from '../../src/formats/signature-value.js';
import { checkDetached, signatureChecker } from '../../src/io/endpoint/signature.js';
import { recordReply } from '../../src/replies/record.js';
import { openCandidate } from '../../src/sources/open.js';
import { blockersOf } from '../../src/verdict/blockers.js';
import { shared, sharedData, whySkipped } from '../support/shared-data.js';

const CLI = join(import.meta.dirname, '../../dist/esm/cli/main.js');
const HEADER = 'X-Response-Signature';
const body = Buffer.from('{"id":"1","choices":[{"message":{"content":"é\\u0000"}}]}\n');
const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
const statusOf = (pem: string, value: string | undefined, signed: Uint8Array = body): ReplySignature => {
  const check = signatureChecker({ header: HEADER, key: { kind: 'public', pem } });
  return check(value === undefined ? {} : { [HEADER.toLowerCase()]: value }, signed);
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'assay-signature-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, content: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const openssl = (...parameters: readonly string[]): Buffer =>
  execFileSync('openssl', parameters, { stdio: 'pipe' });

describe('signatures that openssl made', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['Ed25519', ['-algorithm', 'ed25519'], ['-rawin']],
    ['P-256', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'], ['-rawin', '-digest', 'sha256']],
    ['P-384', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'], ['-rawin', '-digest', 'sha384']],
    [
      'secp256k1',
      ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:secp256k1'],
      ['-rawin', '-digest', 'sha256'],
    ],
  ])('%s', (name, making, signing) => {
    const secret = join(folder, `${name}.pem`);
    const open = join(folder, `${name}.pub`);
    openssl('genpkey', ...making, '-out', secret);
    openssl('pkey', '-in', secret, '-pubout', '-out', open);
    const signature = openssl('pkeyutl', '-sign', '-inkey', secret, ...signing, '-in', file('body', body));
    const pem = readFileSync(open, 'utf8');
    const der = openssl('pkey', '-pubin', '-in', open, '-outform', 'DER');
    const fingerprint = createHash('sha256').update(der).digest('hex');
    const seen = statusOf(pem, signature.toString('base64'));
    expect(seen).toEqual({
      header: HEADER.toLowerCase(),
      status: 'valid',
      key: fingerprint,
      algorithm: name === 'Ed25519' ? 'ed25519' : 'ecdsa',
      bodySha256: createHash('sha256').update(body).digest('hex'),
    });
    expect(statusOf(pem, signature.toString('hex')).status).toBe('valid');
    expect(statusOf(pem, signature.toString('base64'), body.subarray(1)).status).toBe('invalid');
    expect(checkDetached(body, signature, { kind: 'public', pem }).status).toBe('valid');
    expect(() => statusOf(readFileSync(secret, 'utf8'), 'x')).toThrow(
      expect.objectContaining({ code: 'USAGE' }),
    );
  });

  test('HMAC-SHA256', () => {
    const secret = 'a secret of both sides';
    const line = openssl('dgst', '-sha256', '-hmac', secret, '-r', file('body', body)).toString();
    const value = line.split(' ')[0] ?? '';
    const check = signatureChecker({ header: HEADER, key: { kind: 'secret', secret } });
    const seen = check({ [HEADER.toLowerCase()]: `sha256=${value}` }, body);
    expect(seen).toMatchObject({ status: 'valid', key: null, algorithm: 'hmac' });
    expect(JSON.stringify(seen)).not.toContain(secret);
    expect(check({ [HEADER.toLowerCase()]: value.slice(0, -2) }, body).status).toBe('invalid');
  });

  test('a compressed point is the same key', () => {
    const secret = join(folder, 'compressed.pem');
    openssl('genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', secret);
    const plain = openssl('pkey', '-in', secret, '-pubout').toString();
    const compressed = openssl('pkey', '-in', secret, '-pubout', '-ec_conv_form', 'compressed').toString();
    expect(compressed).not.toBe(plain);
    expect(statusOf(compressed, 'x').key).toBe(statusOf(plain, 'x').key);
  });
});

test('assay verify-response: exit code 0 for the signed bytes, 1 for others', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const [key, signature] = [
    file('cli.pub', pemOf(publicKey)),
    file('cli.sig', sign(null, body, privateKey).toString('base64')),
  ];
  const run = (path: string): ReturnType<typeof spawnSync> =>
    spawnSync(process.execPath, [CLI, 'verify-response', path, signature, '--key', key, '--json']);
  const valid = run(file('cli.body', body));
  expect(valid.status).toBe(0);
  expect(JSON.parse(String(valid.stdout))).toMatchObject({ status: 'valid', algorithm: 'ed25519' });
  expect(run(file('cli.other', body.subarray(1))).status).toBe(1);
});

describe('how a header carries it', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
  const pem = pemOf(publicKey);
  const der = sign('sha256', body, privateKey);
  const raw = sign('sha256', body, { key: privateKey, dsaEncoding: 'ieee-p1363' });

  test.each<[string, string]>([
    ['base64 of DER', der.toString('base64')],
    ['base64url', der.toString('base64url')],
    ['hexadecimal', der.toString('hex').toUpperCase()],
    ['hexadecimal with 0x', `0x${der.toString('hex')}`],
    ['the two numbers', raw.toString('base64')],
    ['parameters', `keyid="2026-01",sig="${raw.toString('base64')}"`],
    ['parameters with blanks', `keyid=a; algorithm=es256k; signature = ${der.toString('base64url')}`],
    ['a dictionary of RFC 9421', `sig1=:${raw.toString('base64')}:`],
    ['an algorithm before it', `sha256=${raw.toString('hex')}`],
  ])('%s', (_name, value) => {
    expect(statusOf(pem, value).status).toBe('valid');
  });

  test('a missing or empty header is missing; anything else that does not verify is invalid', () => {
    expect(statusOf(pem, undefined).status).toBe('missing');
    expect(statusOf(pem, ' ').status).toBe('missing');
    expect(statusOf(pem, 'none').status).toBe('invalid');
    const other = generateKeyPairSync('ed25519');
    expect(statusOf(pemOf(other.publicKey), der.toString('base64')).status).toBe('invalid');
  });

  test('keys of other kinds and no keys are refused, without quoting them', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    for (const bad of [
      pemOf(rsa.publicKey),
      '',
      '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----',
    ])
      expect(() => statusOf(bad, 'x')).toThrow(expect.objectContaining({ code: 'USAGE' }));
    expect(() => signatureChecker({ header: 'a b', key: { kind: 'public', pem } })).toThrow(
      expect.objectContaining({ code: 'USAGE' }),
    );
  });

  test('any text is read without throwing, into few values', () => {
    const check = signatureChecker({ header: HEADER, key: { kind: 'public', pem } });
    fc.assert(
      fc.property(fc.string({ maxLength: 300, unit: 'binary' }), (value) => {
        expect(signatureValues(value).length).toBeLessThanOrEqual(64);
        expect(check({ [HEADER.toLowerCase()]: value }, body).status).not.toBe('valid');
      }),
      { numRuns: 200, seed: 3 },
    );
    expect(signatureValues('ab'.repeat(10_000))).toEqual([]);
  });
});

describe.skipIf(!sharedData)(`a recorded answer whose digest its service published${whySkipped}`, () => {
  test('the digest is that of the raw body, and of no other bytes', () => {
    const recorded = readFileSync(shared('sse/vllm-near-deepseek-v3.1-stream.sse'));
    const meta = JSON.parse(readFileSync(shared('sse/vllm-near-deepseek-v3.1-stream.sse.meta.json'), 'utf8'));
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const seen = statusOf(pemOf(publicKey), sign(null, recorded, privateKey).toString('base64'), recorded);
    expect(seen).toMatchObject({ status: 'valid', bodySha256: meta.published_response_sha256 });
    const rewritten = Buffer.from(recorded.toString('utf8').trimEnd());
    expect(statusOf(pemOf(publicKey), 'x', rewritten).bodySha256).not.toBe(meta.published_response_sha256);
  });
});

describe('answers of a server that signs', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const secret = 'shared by both';
  let address = '';
  let tamper = false;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { stream } = JSON.parse(Buffer.concat(parts).toString()) as { stream?: boolean };
      const choice = stream
        ? { delta: { content: 'Blue.' } }
        : { message: { role: 'assistant', content: 'Blue.' } };
      const json = JSON.stringify({
        id: '1',
        model: 'm',
        choices: [{ index: 0, ...choice, finish_reason: 'stop' }],
      });
      const bytes = Buffer.from(stream ? `: hello\r\ndata: ${json}\r\n\r\ndata: [DONE]\n\n` : json);
      response.setHeader('content-type', stream ? 'text/event-stream' : 'application/json');
      response.setHeader(HEADER, `keyid="a",sig="${sign(null, bytes, privateKey).toString('base64')}"`);
      response.setHeader('X-Mac', createHmac('sha256', secret).update(bytes).digest('base64url'));
      response.end(tamper ? Buffer.concat([bytes, Buffer.from('\n')]) : bytes);
    });
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const ask = async (
    checkSignature: ReturnType<typeof signatureChecker>,
    stream: boolean,
  ): Promise<ReplySignature | undefined> => {
    const source = await openCandidate(
      { kind: 'endpoint', baseUrl: address, model: 'm' },
      { allowPrivateAddresses: true, checkSignature },
    );
    try {
      const messages = [{ role: 'user' as const, content: 'What colour is the sky?' }];
      const reply = await source.capabilities.chat?.reply({ messages, maxTokens: 4, stream });
      expect(reply?.text).toBe('Blue.');
      return reply?.signature;
    } finally {
      await source.close();
    }
  };
  const byKey = signatureChecker({ header: HEADER, key: { kind: 'public', pem: pemOf(publicKey) } });
  const byMac = signatureChecker({ header: 'x-mac', key: { kind: 'secret', secret } });

  test.each([true, false])('streamed: %s', async (stream) => {
    expect(await ask(byKey, stream)).toMatchObject({
      status: 'valid',
      header: HEADER.toLowerCase(),
      algorithm: 'ed25519',
    });
    expect(await ask(byMac, stream)).toMatchObject({
      status: 'valid',
      header: 'x-mac',
      algorithm: 'hmac',
      key: null,
    });
  });

  test('one byte more, or another header, is seen', async () => {
    tamper = true;
    expect(await ask(byKey, true)).toMatchObject({ status: 'invalid' });
    tamper = false;
    const absent = signatureChecker({ header: 'x-none', key: { kind: 'secret', secret } });
    expect(await ask(absent, false)).toMatchObject({ status: 'missing' });
  });
});

describe('what it says of a version', () => {
  const KEY = 'f'.repeat(64);
  const variant = (id: string, responseKeys?: readonly string[]): VariantView => ({
    id,
    kind: 'full',
    facts: {},
    digests: [],
    runs: [],
    ...(responseKeys ? { responseKeys } : {}),
  });
  const variants = [variant('full', [KEY]), variant('small')];
  const all: ResponseSignatures = {
    header: 'h',
    algorithm: 'ed25519',
    key: KEY,
    valid: 8,
    invalid: 0,
    missing: 0,
    distinct: 8,
  };
  const likelihood = (seen: ResponseSignatures): Readonly<Record<string, number>> => {
    const input: SignalInput = { candidate: { 'response-signature': seen }, variants, strangers: [] };
    const measured = responseSignature.score(input);
    return measured.status === 'scored' ? measured.logLikelihood : { skipped: 1 };
  };

  test('valid on all answers, by a listed key: for the version that lists it', () => {
    expect(likelihood(all)).toEqual({ full: 0, small: Math.log(1e-3), other: Math.log(1e-3) });
  });

  test.each<[string, Partial<ResponseSignatures>]>([
    ['an unlisted key', { key: '0'.repeat(64) }],
    ['a shared secret', { key: null, algorithm: 'hmac' }],
    ['one answer without', { valid: 7, distinct: 7, missing: 1 }],
    ['one that is wrong', { valid: 7, distinct: 7, invalid: 1 }],
    ['the same bytes again', { distinct: 7 }],
    ['none signed', { valid: 0, distinct: 0, missing: 8 }],
  ])('%s weighs nothing', (_name, seen) => {
    expect(likelihood({ ...all, ...seen })).toEqual({});
  });

  test('a wrong signature keeps a claim from being upheld, a missing one does not', () => {
    const evidence = (data: ResponseSignatures): Parameters<typeof blockersOf>[0] => ({
      schema: 'evidence/1',
      tool: { name: 'assay', version: '0' },
      candidate: { kind: 'endpoint', label: 'x', digest: null },
      collectedAt: '',
      environment: {},
      seed: 0,
      suite: { id: '', tier: 'quick', sha256: '' },
      probes: { 'response-signature': { status: 'ok', version: 1, data } },
      warnings: [],
    });
    const codes = (data: ResponseSignatures): string[] =>
      blockersOf(evidence(data), [], { votes: [] }, 'full').map(({ code }) => code);
    expect(codes({ ...all, valid: 6, invalid: 2 })).toContain('signature-invalid');
    expect(codes({ ...all, valid: 6, missing: 2 })).not.toContain('signature-invalid');
  });

  test('the probe counts what was found, and is unavailable where no key was given', async () => {
    const reply = (signature?: ReplySignature): unknown =>
      recordReply({
        text: '',
        reasoning: '',
        finish: null,
        usage: null,
        model: null,
        systemFingerprint: null,
        tokens: null,
        deltas: [],
        timing: { headersMs: 0, endMs: 0 },
        quirks: [],
        ...(signature ? { signature } : {}),
      });
    const signature = {
      header: 'h',
      status: 'valid',
      key: KEY,
      algorithm: 'ed25519',
      bodySha256: 'a',
    } as const;
    const run = (replies: readonly unknown[]): Promise<unknown> =>
      responseSignatureProbe.collect({} as never, { rng: seededRng(0), earlier: () => replies } as never);
    await expect(
      run([
        reply(signature),
        reply({ ...signature, bodySha256: 'b' }),
        reply({ ...signature, status: 'missing' }),
      ]),
    ).resolves.toEqual({
      header: 'h',
      algorithm: 'ed25519',
      key: KEY,
      valid: 2,
      invalid: 0,
      missing: 1,
      distinct: 2,
    });
    await expect(run([reply()])).rejects.toMatchObject({ code: 'ENDPOINT_UNSUPPORTED' });
  });
});
