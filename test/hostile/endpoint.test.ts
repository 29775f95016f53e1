import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { errorRecord } from '../../src/core/errors.js';
import { localClient } from '../support/endpoint-client.js';
import { ATTACKS } from '../support/hostile-endpoints.js';
import { httpAnswer, type RawServer, rawServer } from '../support/raw-server.js';
import { finish, stream } from '../support/read-reply.js';
import { SELF_SIGNED } from '../support/self-signed.js';

const question = { messages: [{ role: 'user', content: 'Hi' }], maxTokens: 3 } as const;
const SHORT = { connectMs: 300, headersMs: 300, idleMs: 300, totalMs: 400 };
/** Attacks that end at a limit of bytes, which a loaded machine reaches late. */
const PATIENT = { totalMs: 30_000 };
const KEY = 'sk-secret-abcdef123456';

let server: RawServer | undefined;
afterEach(() => server?.close());

describe('a hostile endpoint', { timeout: 40_000 }, () => {
  it.each(Object.entries(ATTACKS))('%s ends in time, with a code', async (_name, [fault, attack]) => {
    server = await rawServer(attack);
    const limits = fault.test('ENDPOINT_SLOW') ? SHORT : PATIENT;
    const client = localClient(server.url, { limits, key: KEY });
    const record = await client.chat.reply(question).then(() => undefined, errorRecord);
    client.close();
    expect(record?.fault).toMatch(fault);
    expect(record?.code).toMatch(/^ENDPOINT_/);
    expect(record?.hint).toBeTruthy();
    expect(JSON.stringify(record)).not.toMatch(/secret|passwd|\\u001b|\?key/);
    expect(server.requests).toHaveLength(1);
  });

  it('names where a redirect leads, and does not go there', async () => {
    server = await rawServer(ATTACKS['a redirect to a metadata address']?.[1] ?? (() => undefined));
    const client = localClient(server.url);
    const record = await client.chat.reply(question).then(() => undefined, errorRecord);
    expect(record?.message).toContain('http://169.254.169.254.');
  });

  it('with a certificate of its own making gets no request', async () => {
    let asked = 0;
    const secure = createServer(SELF_SIGNED, (_request, response) => {
      asked++;
      response.end();
    });
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    const client = localClient(`https://localhost:${(secure.address() as AddressInfo).port}/v1`, {
      key: KEY,
    });
    const record = await client.chat.reply(question).then(() => undefined, errorRecord);
    expect(record).toMatchObject({ code: 'ENDPOINT_UNREACHABLE', fault: 'ENDPOINT_TLS' });
    expect(asked).toBe(0);
    client.close();
    secure.close();
  });

  it('that answers with control characters is read as text', async () => {
    const content = 'a\0b\u001b]0;owned\u0007\u202e</script>';
    server = await rawServer((socket) => socket.write(httpAnswer(stream({ content }, finish))));
    const client = localClient(server.url);
    expect((await client.chat.reply(question)).text).toBe(content);
    client.close();
  });

  it('that leaves the connection open after its last event is waited for a second, and read', async () => {
    server = await rawServer((socket) => {
      const body = stream({ content: 'ok' }, finish);
      socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n${body}`);
    });
    const client = localClient(server.url);
    const reply = await client.chat.reply(question);
    expect([reply.text, reply.timing.endMs > 900]).toEqual(['ok', true]);
    client.close();
  });

  it('whose list of models has no end', async () => {
    server = await rawServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n{"data":[');
      const more = (): void => {
        while (!socket.destroyed && socket.write('{"id":"x"},'.repeat(5000)));
        if (!socket.destroyed) socket.once('drain', more);
      };
      more();
    });
    const client = localClient(server.url);
    const record = await client.service.describe().then(() => undefined, errorRecord);
    expect(record?.fault).toBe('ENDPOINT_LIST');
    client.close();
  });
});
