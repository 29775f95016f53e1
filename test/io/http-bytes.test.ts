import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AssayError, isAssayError } from '../../src/core/errors.js';
import { readSafetensors } from '../../src/formats/safetensors/read.js';
import { isPrivate } from '../../src/io/http/address.js';
import type { HttpOptions } from '../../src/io/http/range-client.js';
import { type HttpBytes, openHttpBytes } from '../../src/io/http-bytes.js';
import { around } from '../support/bad-safetensors.js';
import { type Handler, type RangeServer, rangeServer, serving } from '../support/range-server.js';

const KIB = 1024;
const data = Uint8Array.from({ length: 700 * KIB }, (_, i) => (i * 31) ^ (i >> 8));
const LOCAL: HttpOptions = { allowPrivate: true, retries: 0, timeoutMs: 2000 };

/** Comparing 700 KiB with toEqual takes seconds. */
const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

let server: RangeServer;
beforeEach(async () => {
  server = await rangeServer(serving(data));
});
afterEach(() => server.close());

async function use<T>(work: (source: HttpBytes) => Promise<T>, options = LOCAL, path = '/m.bin'): Promise<T> {
  const source = await openHttpBytes(server.origin + path, options);
  try {
    return await work(source);
  } finally {
    await source.close();
  }
}

async function failure(work: Promise<unknown>): Promise<AssayError> {
  const error: unknown = await work.then(
    () => new Error('no error'),
    (cause: unknown) => cause,
  );
  if (!isAssayError(error)) throw error;
  return error;
}

const opening = (options: Partial<HttpOptions> = {}, path?: string) =>
  failure(use(async () => undefined, { ...LOCAL, ...options }, path));

describe('reading', () => {
  test('any order of reads gives the bytes of the file', async () => {
    await use(async (source) => {
      expect(source).toMatchObject({ size: data.length, name: 'm.bin' });
      for (const [offset, length] of [
        [0, 10],
        [130 * KIB, 5],
        [100 * KIB, 40 * KIB],
        [699 * KIB, KIB],
        [data.length, 0],
        [1, 690 * KIB],
        [0, data.length],
      ] as const)
        expect(same(await source.read(offset, length), data.subarray(offset, offset + length))).toBe(true);
    });
  });

  test('reads side by side do not disturb each other', async () => {
    await use(async (source) => {
      const offsets = [0, 650, 130, 300, 10, 520].map((at) => at * KIB);
      const parts = await Promise.all(offsets.map((offset) => source.read(offset, 3 * KIB)));
      expect(parts).toEqual(offsets.map((offset) => data.subarray(offset, offset + 3 * KIB)));
    });
  });

  test('what is read belongs to the caller', async () => {
    await use(async (source) => {
      (await source.read(0, 4)).fill(255);
      expect(await source.read(0, 4)).toEqual(data.subarray(0, 4));
    });
  });

  test('small reads in order cost few requests, each longer than the last', async () => {
    await use(async (source) => {
      for (let at = 0; at < data.length; at += 4 * KIB)
        await source.read(at, Math.min(4 * KIB, data.length - at));
      expect(source.requests).toBe(3);
    });
    expect(server.ranges).toEqual(['bytes=0-131071', 'bytes=131072-393215', 'bytes=393216-716799']);
  });

  test('a read that begins in the window asks for the rest only', async () => {
    await use((source) => source.read(8, 150 * KIB));
    expect(server.ranges[1]).toMatch(/^bytes=131072-/);
  });

  test('an empty file', async () => {
    server.handler = serving(new Uint8Array(0));
    await use(async (source) => {
      expect(source.size).toBe(0);
      expect(await source.read(0, 0)).toEqual(new Uint8Array(0));
    });
  });

  test('the headers of 163 shards of 560 tensors take 163 requests', async () => {
    const tensors = Array.from({ length: 560 }, (_, i) => {
      const name = `model.layers.10.mlp.experts.${i}.down_proj.weight_scale_inv`;
      return `"${name}":{"dtype":"F32","shape":[1,1],"data_offsets":[${4 * i},${4 * i + 4}]}`;
    });
    const shard = around(`{${tensors.join(',')}}`, 4 * tensors.length);
    server.handler = serving(shard);
    for (let i = 1; i <= 163; i++) {
      const { tensors } = await use((source) => readSafetensors(source), LOCAL, `/${i}.safetensors`);
      expect(tensors.length).toBe(560);
    }
    expect(server.ranges.length).toBe(163);
  });
});

describe('servers that misbehave', () => {
  const whole: Handler = (_, response) =>
    response.writeHead(200, { 'content-length': data.length }).end(data);
  const status =
    (code: number): Handler =>
    (_, response) =>
      response.writeHead(code).end();
  const spoiled = (headers: Record<string, string>) => serving(data, (sent) => Object.assign(sent, headers));
  const redirect =
    (location?: string): Handler =>
    (_, response) =>
      response.writeHead(302, location === undefined ? {} : { location }).end();

  test.each<[string, Handler, AssayError['code'], string]>([
    ['ignores Range', whole, 'FILE_UNREADABLE', 'HTTP_RANGE_IGNORED'],
    ['has no such file', status(404), 'CANDIDATE_NOT_FOUND', 'HTTP_STATUS'],
    ['wants a login', status(401), 'FILE_UNREADABLE', 'HTTP_STATUS'],
    ['is busy', status(503), 'FILE_UNREADABLE', 'HTTP_BUSY'],
    [
      'has another range',
      spoiled({ 'content-range': 'bytes 1-131072/716800' }),
      'FILE_UNREADABLE',
      'HTTP_RANGE',
    ],
    [
      'has a shorter range',
      spoiled({ 'content-range': 'bytes 0-9/716800' }),
      'FILE_UNREADABLE',
      'HTTP_RANGE',
    ],
    ['hides the length', spoiled({ 'content-range': 'bytes 0-131071/*' }), 'FILE_UNREADABLE', 'HTTP_RANGE'],
    [
      'has a length beyond 2^53',
      spoiled({ 'content-range': 'bytes 0-131071/9007199254740993' }),
      'FILE_UNREADABLE',
      'HTTP_RANGE',
    ],
    [
      'has a range of nonsense',
      spoiled({ 'content-range': 'bytes -1--2/x' }),
      'FILE_UNREADABLE',
      'HTTP_RANGE',
    ],
    ['announces another length', spoiled({ 'content-length': '99' }), 'FILE_UNREADABLE', 'HTTP_LENGTH'],
    ['compresses', spoiled({ 'content-encoding': 'gzip' }), 'FILE_UNREADABLE', 'HTTP_ENCODING'],
    ['redirects in a loop', redirect('/m.bin'), 'FILE_UNREADABLE', 'HTTP_REDIRECT'],
    ['redirects nowhere', redirect(), 'FILE_UNREADABLE', 'HTTP_REDIRECT'],
    ['redirects to nonsense', redirect('http://[/'), 'FILE_UNREADABLE', 'HTTP_REDIRECT'],
    ['redirects to a file', redirect('file:///etc/passwd'), 'FILE_UNREADABLE', 'HTTP_PROTOCOL'],
    [
      'redirects to another protocol',
      redirect('https://127.0.0.1/m.bin'),
      'FILE_UNREADABLE',
      'HTTP_PROTOCOL',
    ],
    ['cuts the connection', (_, response) => response.destroy(), 'FILE_UNREADABLE', 'HTTP_NETWORK'],
  ])('one that %s', async (_, handler, code, fault) => {
    server.handler = handler;
    expect(await opening()).toMatchObject({ code, fault });
  });

  test('one that cuts the body', async () => {
    server.handler = (request, response) => {
      const half = {
        end: (part: Uint8Array) => response.write(part.subarray(0, 9), () => response.destroy()),
      };
      const writeHead = (code: number, headers: Record<string, string>) => {
        response.writeHead(code, headers);
        return half;
      };
      serving(data)(request, { writeHead } as never);
    };
    expect(await opening()).toMatchObject({ code: 'FILE_UNREADABLE', fault: 'HTTP_CUT' });
  });

  test.each([
    [-1, 'HTTP_CUT'],
    [1, 'HTTP_LENGTH'],
  ])('one that sends %i bytes more than it should, without a length', async (surplus, fault) => {
    server.handler = (_, response) => {
      response.writeHead(206, { 'content-range': `bytes 0-131071/${data.length}` });
      response.end(data.subarray(0, 131_072 + surplus));
    };
    expect((await opening()).fault).toBe(fault);
  });

  test('one that never answers, and one that drips', async () => {
    server.handler = () => undefined;
    expect((await opening({ timeoutMs: 50 })).fault).toBe('HTTP_TIMEOUT');
    server.handler = (_, response) => {
      response.writeHead(206, { 'content-range': `bytes 0-131071/${data.length}` });
      const drip = setInterval(() => response.write('x'), 20);
      response.once('close', () => clearInterval(drip));
    };
    expect((await opening({ timeoutMs: 100 })).fault).toBe('HTTP_TIMEOUT');
  });

  test('one that breaks down twice is asked again', async () => {
    let failures = 2;
    server.handler = (request, response) => {
      if (failures-- > 0) response.destroy();
      else serving(data)(request, response);
    };
    expect(await use((source) => source.read(0, 3), { ...LOCAL, retries: 2 })).toEqual(data.subarray(0, 3));
    expect(server.ranges.length).toBe(3);
  });
});

describe('a file that changes while it is read', () => {
  const later = 300 * KIB;
  test.each<[string, Handler]>([
    ['sends the new file whole', (_, response) => response.writeHead(200, { etag: '"v2"' }).end(data)],
    ['has another tag', serving(data, (headers) => Object.assign(headers, { etag: '"v2"' }))],
    ['lost its tag', serving(data, (headers) => delete headers.etag)],
    ['has another length', serving(data.subarray(0, 600 * KIB))],
    ['became shorter than the range', serving(data.subarray(0, 10))],
  ])('the server %s', async (_, handler) => {
    const error = await use(async (source) => {
      server.handler = handler;
      return failure(source.read(later, 10));
    });
    expect(error).toMatchObject({ code: 'FILE_UNREADABLE', fault: 'HTTP_CHANGED' });
  });

  test('later requests carry If-Range with the first tag', async () => {
    const sent: unknown[] = [];
    server.handler = (request, response) => {
      sent.push(request.headers['if-range']);
      serving(data)(request, response);
    };
    await use((source) => source.read(later, 10));
    expect(sent).toEqual([undefined, '"v1"']);
  });
});

describe('redirects', () => {
  test('are followed once, and again when the address they led to has expired', async () => {
    let signature = 1;
    server.handler = (request, response) => {
      const { pathname, search } = new URL(request.url ?? '', server.origin);
      if (pathname === '/m.bin') response.writeHead(307, { location: `/store?${signature}` }).end();
      else if (search !== `?${signature}`) response.writeHead(403).end();
      else serving(data)(request, response);
    };
    await use(async (source) => {
      await source.read(200 * KIB, 1);
      expect(source.requests).toBe(3);
      signature++;
      expect(await source.read(600 * KIB, 4)).toEqual(data.subarray(600 * KIB, 600 * KIB + 4));
      expect(source.requests).toBe(6);
    });
  });

  test('do not carry user and password to another host', async () => {
    const logins: unknown[] = [];
    const other = await rangeServer((request, response) => {
      logins.push(request.headers.authorization);
      serving(data)(request, response);
    });
    server.handler = (request, response) => {
      logins.push(request.headers.authorization);
      response.writeHead(302, { location: `${other.origin}/m.bin` }).end();
    };
    const source = await openHttpBytes(`${server.origin.replace('//', '//me:s%40d@')}/m.bin`, LOCAL);
    await source.close();
    await other.close();
    expect(logins).toEqual([`Basic ${Buffer.from('me:s@d').toString('base64')}`, undefined]);
  });
});

describe('secrets and addresses', () => {
  test('messages leave out user, password and query', async () => {
    server.handler = (_, response) => response.writeHead(403).end();
    const address = `${server.origin.replace('//', '//user:secret@')}/m.bin?token=secret`;
    const { message, hint } = await failure(openHttpBytes(address, LOCAL));
    expect(message).toContain('/m.bin');
    expect(message + hint).not.toMatch(/secret|token|user/);
  });

  test.each(['ftp://host/m', 'file:///m', 'm.bin', ''])('%j is no address', async (address) => {
    expect(await failure(openHttpBytes(address))).toMatchObject({ code: 'USAGE', fault: 'HTTP_URL' });
  });

  test.each([
    'http://127.0.0.1:9/',
    'http://localhost:9/',
    'http://[::1]:9/',
    'http://0x7f.1:9/',
    'http://10.0.0.1/',
  ])('%s is not asked', async (address) => {
    expect(await failure(openHttpBytes(address, { retries: 0 }))).toMatchObject({
      code: 'FILE_UNREADABLE',
      fault: 'HTTP_ADDRESS',
    });
  });

  test('private networks, in any spelling', () => {
    const addresses = [
      '192.168.1.1',
      '169.254.169.254',
      '172.31.0.1',
      '100.64.0.1',
      '[::]',
      '[fd00::1]',
      'fe80::1%eth0',
    ];
    const embedded = ['::ffff:10.0.0.1', '[::ffff:a00:1]', '64:ff9b::a00:1', '224.0.0.1', '255.255.255.255'];
    expect([...addresses, ...embedded].filter((address) => !isPrivate(address))).toEqual([]);
    const open = [
      '8.8.8.8',
      '172.32.0.1',
      '2606:4700::1111',
      '::ffff:8.8.8.8',
      '[::ffff:808:808]',
      'example.org',
    ];
    expect(open.filter(isPrivate)).toEqual([]);
  });
});

test('an abort ends a read that waits', async () => {
  const control = new AbortController();
  server.handler = () => setTimeout(() => control.abort(), 20);
  expect((await opening({ signal: control.signal })).code).toBe('ABORTED');
  expect((await opening({ signal: control.signal })).code).toBe('ABORTED');
});

test('a certificate that nobody vouches for is not trusted', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-tls-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const made = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1'],
      ...['-subj', '/CN=localhost', '-keyout', key, '-out', cert],
    ]);
    expect(made.status).toBe(0);
    const secure = createSecureServer({ key: readFileSync(key), cert: readFileSync(cert) }, serving(data));
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    const { port } = secure.address() as AddressInfo;
    const error = await failure(openHttpBytes(`https://127.0.0.1:${port}/m.bin`, LOCAL));
    secure.close();
    expect(error).toMatchObject({ code: 'FILE_UNREADABLE', fault: 'HTTP_NETWORK' });
    expect(error.message).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
