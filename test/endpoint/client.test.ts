import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ErrorRecord } from '../../src/core/errors.js';
import { errorRecord } from '../../src/core/errors.js';
import { readApiKey } from '../../src/io/endpoint/api-key.js';
import { endpointAddress } from '../../src/io/endpoint/base-url.js';
import { retryAfterMs } from '../../src/io/endpoint/retry-after.js';
import { openEndpoint } from '../../src/sources/endpoint.js';
import { localClient } from '../support/endpoint-client.js';
import { httpAnswer, type RawServer, rawServer } from '../support/raw-server.js';
import { finish, stream } from '../support/read-reply.js';

const question = { messages: [{ role: 'user', content: 'Hi' }], maxTokens: 3, seed: 1 } as const;
const good = httpAnswer(
  stream({ content: 'ok' }, finish, { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } }),
);
const error = (status: string, body: object, headers = {}) =>
  httpAnswer(JSON.stringify(body), { status, headers });

const closing: { close(): unknown }[] = [];
afterEach(async () => {
  for (const open of closing.splice(0)) await open.close();
  vi.unstubAllEnvs();
});
async function serve(...answers: readonly Buffer[]): Promise<RawServer> {
  const server = await rawServer((socket, _request, i) =>
    socket.write(answers[Math.min(i, answers.length - 1)] ?? ''),
  );
  closing.push(server);
  return server;
}
function client(...args: Parameters<typeof localClient>): ReturnType<typeof localClient> {
  const opened = localClient(...args);
  closing.push(opened);
  return opened;
}
const failed = (asked: Promise<unknown>): Promise<ErrorRecord> =>
  asked.then(() => {
    throw new Error('it succeeded');
  }, errorRecord);
const bodyOf = (request: string | undefined) => JSON.parse(request?.split('\r\n\r\n')[1] ?? 'null');

describe('requests', () => {
  it('are what OpenAI documents, over one kept connection', async () => {
    const sockets = new Set<number | undefined>();
    const server: Server = createServer((request, response) => {
      sockets.add(request.socket.remotePort);
      request.resume().on('end', () => response.end(stream({ content: 'ok' }, finish)));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const open = client(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
    for (let i = 0; i < 5; i++) expect((await open.chat.reply(question)).text).toBe('ok');
    expect(sockets.size).toBe(1);
    server.closeAllConnections();
    server.close();
  });

  it('carry the parameters, and the key as a bearer token only', async () => {
    const server = await serve(good);
    const open = client(`${server.url}/chat/completions?api-version=1`, { key: 'sk-secret-1234' });
    const deltas: string[] = [];
    const reply = await open.chat.reply(
      { ...question, temperature: 1, topP: 0.9, topLogProbs: 20, logitBias: { 1000: 100 } },
      ({ text }) => deltas.push(text),
    );
    expect(reply).toMatchObject({ text: 'ok', usage: { promptTokens: 1 }, quirks: [] });
    expect(deltas).toEqual(['ok']);
    const [request] = server.requests;
    expect(request).toMatch(/^POST \/v1\/chat\/completions\?api-version=1 HTTP\/1\.1\r\n/);
    expect(request?.match(/sk-secret-1234/g)).toHaveLength(1);
    expect(request).toContain('authorization: Bearer sk-secret-1234');
    expect(request).toContain('accept-encoding: identity');
    expect(bodyOf(request)).toEqual({
      model: 'm',
      messages: question.messages,
      max_tokens: 3,
      temperature: 1,
      top_p: 0.9,
      seed: 1,
      logit_bias: { 1000: 100 },
      logprobs: true,
      top_logprobs: 20,
      stream: true,
      stream_options: { include_usage: true },
    });
    await open.completions.complete({ prompt: 'x', maxTokens: 1, echo: true, topLogProbs: 5, stream: false });
    expect(bodyOf(server.requests[1])).toEqual({
      ...{ model: 'm', prompt: 'x', max_tokens: 1, temperature: 0, stream: false, echo: true, logprobs: 5 },
    });
  });

  it('never bias an id that a vocabulary may lack', async () => {
    const server = await serve(good);
    const asked = client(server.url).chat.reply({ ...question, logitBias: { 32000: 100 } });
    expect(await failed(asked)).toMatchObject({ code: 'USAGE' });
    expect(server.requests).toHaveLength(0);
  });
});

describe('what a server refuses', () => {
  const refuse = (param: string) =>
    error('400 Bad Request', { error: { message: `Unsupported parameter: '${param}'`, param } });

  it('is left out from then on, and the reply says so', async () => {
    const server = await serve(
      refuse('stream_options'),
      error('400 Bad Request', {
        error: { message: "Use 'max_completion_tokens' instead of 'max_tokens'." },
      }),
      error('422 Unprocessable', {
        detail: [{ loc: ['body', 'seed'], msg: 'Extra inputs', input: { logprobs: 1 } }],
      }),
      good,
    );
    const open = client(server.url);
    const quirks = ['MAX_COMPLETION_TOKENS', 'SEED_REFUSED', 'STREAM_OPTIONS_REFUSED'];
    expect((await open.chat.reply(question)).quirks).toEqual(quirks);
    expect((await open.chat.reply(question)).quirks).toEqual(quirks);
    expect(server.requests).toHaveLength(5);
    expect(Object.keys(bodyOf(server.requests[4])).sort()).toEqual(
      ['max_completion_tokens', 'messages', 'model', 'stream', 'temperature'].sort(),
    );
  });

  it('of many alternatives, five are asked for', async () => {
    const server = await serve(refuse('top_logprobs'), good);
    const reply = await client(server.url).chat.reply({ ...question, topLogProbs: 20 });
    expect(reply.quirks).toEqual(['TOP_LOGPROBS_FEW']);
    expect(bodyOf(server.requests[1]).top_logprobs).toBe(5);
  });

  it.each(['logprobs', 'logit_bias'])('without %s there is nothing to adapt', async (param) => {
    const server = await serve(refuse(param));
    const asked = client(server.url).chat.reply({ ...question, topLogProbs: 5, logitBias: { 1000: 1 } });
    const record = await failed(asked);
    expect([record.code, record.message.includes(param)]).toEqual(['ENDPOINT_UNSUPPORTED', true]);
  });

  it.each(['404 Not Found', '405 Method Not Allowed', '501 Not Implemented'])(
    'completions: %s',
    async (status) => {
      const server = await serve(error(status, { error: 'no such path' }));
      const open = client(server.url);
      const asked = open.completions.complete({ prompt: 'x', maxTokens: 1 });
      expect(await failed(asked)).toMatchObject({ code: 'ENDPOINT_UNSUPPORTED' });
      expect(await failed(open.chat.reply(question))).toMatchObject({ code: 'ENDPOINT_STATUS' });
    },
  );

  it('an error inside a stream is no reply', async () => {
    const server = await serve(
      httpAnswer(stream({ content: 'half' }, { error: { message: 'busy', code: 502 } })),
    );
    expect(await failed(client(server.url).chat.reply(question))).toMatchObject({ code: 'ENDPOINT_STATUS' });
  });
});

describe('a busy server', () => {
  const busy = (headers = {}) => error('429 Too Many Requests', { error: 'slow down' }, headers);

  it('is asked again after the time it names, and the reply says so', async () => {
    const server = await serve(busy({ 'Retry-After': '0.05' }), good);
    const from = performance.now();
    const reply = await client(server.url).chat.reply(question);
    expect(performance.now() - from).toBeGreaterThan(45);
    expect(reply.quirks).toEqual(['RETRIED_429']);
    expect(reply.timing.endMs).toBeLessThan(45);
  });

  it('is left alone when it asks for too long, and after three attempts', async () => {
    const long = await serve(busy({ 'Retry-After': '3600' }), good);
    expect(await failed(client(long.url).chat.reply(question))).toMatchObject({ fault: 'HTTP_429' });
    expect(long.requests).toHaveLength(1);
    const always = await serve(busy({ 'Retry-After': '0' }));
    expect(await failed(client(always.url).chat.reply(question))).toMatchObject({ fault: 'HTTP_429' });
    expect(always.requests).toHaveLength(3);
  });

  it('that began to answer is not asked again', async () => {
    const server = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ndata:\r\n');
      setTimeout(() => socket.destroy(), 20);
    });
    closing.push(server);
    expect(await failed(client(server.url).chat.reply(question))).toMatchObject({ fault: 'ENDPOINT_CUT' });
    expect(server.requests).toHaveLength(1);
  });

  it('is dead after three failures in a row, and not asked any more', async () => {
    const server = await serve(error('500 Internal', { error: { message: 'out of memory' } }));
    const open = client(server.url);
    const records: ErrorRecord[] = [];
    for (let i = 0; i < 5; i++) records.push(await failed(open.chat.reply(question)));
    expect(records.map(({ fault }) => fault)).toEqual([
      'HTTP_500',
      'HTTP_500',
      'HTTP_500',
      'ENDPOINT_DEAD',
      'ENDPOINT_DEAD',
    ]);
    expect(records[4]?.message).toContain('out of memory');
    expect(server.requests).toHaveLength(3);
  });

  it('may take so long in all, and no longer', async () => {
    const server = await rawServer((socket) => setTimeout(() => socket.write(good), 60));
    closing.push(server);
    const open = client(server.url, { limits: { auditMs: 100 } });
    expect((await open.chat.reply(question)).text).toBe('ok');
    expect(await failed(open.chat.reply(question))).toMatchObject({ fault: 'ENDPOINT_OVER_TIME' });
    expect(await failed(open.chat.reply(question))).toMatchObject({ fault: 'ENDPOINT_OVER_TIME' });
  });

  it('names its time in seconds or as a date', () => {
    const now = Date.parse('Sun, 06 Nov 1994 08:49:30 GMT');
    const read = (header: string) => retryAfterMs(header, now);
    expect(
      ['2', '0.5', ' 7 ', 'Sun, 06 Nov 1994 08:49:37 GMT', 'Sun, 06 Nov 1994 08:00:00 GMT'].map(read),
    ).toEqual([...[2000, 500, 7000, 7000, 0]]);
    expect(['', '-1', 'soon', '1e9', '1994-11-06', '99999999999999'].map(read)).toEqual(
      Array(6).fill(undefined),
    );
  });
});

describe('the key', () => {
  const key = 'sk-secret-abcdef123456';

  it('comes from the named variable, and only as one line', () => {
    vi.stubEnv('ASSAY_TEST_KEY', ` ${key}\n`);
    expect(readApiKey('ASSAY_TEST_KEY')).toBe(key);
    for (const value of ['', 'a\r\nx-injected: 1', 'a b', 'ключ']) {
      vi.stubEnv('ASSAY_TEST_KEY', value);
      expect(() => readApiKey('ASSAY_TEST_KEY')).toThrow(expect.objectContaining({ code: 'KEY_MISSING' }));
      try {
        readApiKey('ASSAY_TEST_KEY');
      } catch (error) {
        if (value !== '') expect(JSON.stringify(error)).not.toContain(value);
      }
    }
  });

  it.each([
    ['as it is', key],
    ['in base64', Buffer.from(key).toString('base64')],
    ['in part', `${key.slice(0, 12)}…${key.slice(-8)}`],
  ])('is not repeated from an error, %s', async (_name, echoed) => {
    const server = await serve(
      error('401 Unauthorized', { error: { message: `Incorrect key: ${echoed}.` } }),
    );
    const record = await failed(client(server.url, { key }).chat.reply(question));
    expect(record.message).toContain('[key]');
    expect(JSON.stringify(record)).not.toMatch(/secret-|123456|c2stc2Vjcm/);
  });

  it('is masked in replies, however the server cuts it', async () => {
    const events = [...`Your key is ${key}, keep it.`].map((content) => ({
      choices: [{ delta: { content }, logprobs: { content: [{ token: content, logprob: -1 }] } }],
      model: key,
      system_fingerprint: `fp_${key}`,
    }));
    const server = await serve(httpAnswer(stream(...events, finish)));
    const reply = await client(server.url, { key }).chat.reply(question);
    expect(reply.text).toBe(`Your key is ${'*'.repeat(key.length)}, keep it.`);
    expect(reply.deltas.map(({ text }) => text).join('')).toBe(reply.text);
    expect(reply).toMatchObject({ tokens: null, model: '[key]', systemFingerprint: 'fp_[key]' });
    expect(reply.quirks).toContain('KEY_ECHOED');
    expect(JSON.stringify(reply)).not.toContain('secret');
  });

  it('that is a placeholder masks no ordinary words', async () => {
    const server = await serve(httpAnswer(stream({ content: 'an EMPTY box' }, finish)));
    expect((await client(server.url, { key: 'EMPTY' }).chat.reply(question)).text).toBe('an EMPTY box');
  });

  it('is not sent over http to a public host', async () => {
    vi.stubEnv('ASSAY_TEST_KEY', key);
    const spec = {
      kind: 'endpoint',
      baseUrl: 'http://api.example.com/v1',
      model: 'm',
      apiKeyEnv: 'ASSAY_TEST_KEY',
    } as const;
    expect(await failed(openEndpoint(spec))).toMatchObject({
      code: 'ENDPOINT_ADDRESS',
      fault: 'ENDPOINT_PLAIN_KEY',
    });
  });
});

describe('addresses', () => {
  it.each([
    ['https://h/v1', 'https://h/v1', undefined],
    ['https://h/v1/', 'https://h/v1', undefined],
    ['https://h/v1/chat/completions', 'https://h/v1', undefined],
    ['https://h/v1/models?x=1#org/model%20name', 'https://h/v1?x=1', 'org/model name'],
    ['http://h:8080', 'http://h:8080/', undefined],
  ])('%s', (text, base, model) => {
    const address = endpointAddress(text);
    expect([address.base.href, address.model]).toEqual([base, model]);
  });

  it.each(['ftp://h/v1', 'file:///etc/passwd', 'https://user:pw@h/v1', 'nonsense'])(
    '%s is refused',
    (text) => {
      expect(() => endpointAddress(text)).toThrow(expect.objectContaining({ code: 'ENDPOINT_ADDRESS' }));
      expect(() => endpointAddress(text)).not.toThrow(/pw@|passwd/);
    },
  );

  it.each([
    ...[
      'http://127.0.0.1:1/v1',
      'http://localhost:1/v1',
      'http://[::1]:1/v1',
      'http://169.254.169.254/latest',
    ],
    ...['http://10.0.0.1/v1', 'http://2130706433/v1', 'http://0x7f.1/v1', 'http://[::ffff:127.0.0.1]/v1'],
  ])('%s is private unless allowed', async (url) => {
    const record = await failed(client(url, { allowPrivate: false }).chat.reply(question));
    expect(record).toMatchObject({ code: 'ENDPOINT_ADDRESS', fault: 'ENDPOINT_PRIVATE' });
    expect(record.hint).toContain('--allow-private-addresses');
  });
});

describe('an opened endpoint', () => {
  it('shows its model and host, and no secret', async () => {
    const server = await serve(good);
    const source = await openEndpoint(
      { kind: 'endpoint', baseUrl: `${server.url}?token=secret`, model: 'org/name' },
      { allowPrivateAddresses: true },
    );
    closing.push(source);
    expect(source.label).toBe(`org/name at ${new URL(server.url).host}`);
    expect(source.environment()).toMatchObject({ endpoint: new URL(server.url).origin, model: 'org/name' });
    expect(JSON.stringify([source.label, source.environment()])).not.toContain('secret');
    expect(server.requests).toHaveLength(0);
  });

  it('hands raw bytes and headers to who checks signatures', async () => {
    const server = await serve(
      httpAnswer(stream({ content: 'ok' }, finish), { headers: { 'X-Signature': 'abc' } }),
    );
    const seen: unknown[] = [];
    const signature = {
      header: 'x-signature',
      status: 'valid',
      key: null,
      algorithm: 'hmac',
      bodySha256: '',
    } as const;
    const reply = await client(server.url, {
      checkSignature: (headers, body) => {
        seen.push(headers['x-signature'], Buffer.from(body).toString());
        return signature;
      },
    }).chat.reply(question);
    expect(seen).toEqual(['abc', stream({ content: 'ok' }, finish)]);
    expect(reply.signature).toEqual(signature);
  });
});

describe('what a service says of itself', () => {
  it('is the entry of its model, scalars only', async () => {
    const entry = {
      id: 'm',
      owned_by: 'x',
      max_model_len: 163840,
      meta: { n_vocab: 129280, list: [1] },
      tags: [],
    };
    const server = await serve(
      httpAnswer(JSON.stringify({ object: 'list', data: [{ id: 'other' }, entry] })),
    );
    expect(await client(server.url).service.describe()).toEqual({
      model: { id: 'm', owned_by: 'x', max_model_len: 163840, 'meta.n_vocab': 129280 },
      modelIds: ['other', 'm'],
      maxPositions: 163840,
    });
    expect(server.requests[0]).toMatch(/^GET \/v1\/models HTTP/);
  });

  it('is nothing where there is no list', async () => {
    for (const answer of [error('404 Not Found', {}), httpAnswer('<html>'), httpAnswer('[1]')]) {
      const server = await serve(answer);
      expect(await client(server.url).service.describe()).toEqual({
        model: {},
        modelIds: [],
        maxPositions: null,
      });
    }
  });

  it('and how it refuses; a server that does not refuse is hung up on', async () => {
    const refusing = await serve(
      error('400 Bad Request', { error: { message: 'context length is 128\u001b[2J' } }),
    );
    expect(await client(refusing.url).service.refusal(question)).toEqual({
      status: 400,
      message: 'context length is 128 [2J',
    });
    const eager = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      const timer = setInterval(() => socket.write('5\r\ndata:\r\n'), 1);
      socket.on('close', () => clearInterval(timer));
    });
    closing.push(eager);
    expect(await client(eager.url).service.refusal(question)).toBeNull();
  });
});
