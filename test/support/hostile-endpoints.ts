import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { chunked, httpAnswer } from './raw-server.js';
import { finish, stream } from './read-reply.js';

export type Attack = (socket: Socket, request: string) => void;

const head = (...lines: readonly string[]): string => ['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n');
const event = (content: string): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;

/** Write `bytes` for ever, as fast as they are read. */
function flood(socket: Socket, bytes: Buffer): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(bytes));
    if (!socket.destroyed) socket.once('drain', more);
  };
  more();
}

function drip(socket: Socket, bytes: Buffer, everyMs: number): void {
  let at = 0;
  const timer = setInterval(
    () => socket.write(bytes.subarray(at % bytes.length, (at++ % bytes.length) + 1)),
    everyMs,
  );
  socket.once('close', () => clearInterval(timer));
}

const BOMB = gzipSync(Buffer.alloc(8 * 2 ** 20, ' '), { level: 1 });

/** What a server may do to an auditor, and the fault that names it. */
export const ATTACKS: Readonly<Record<string, readonly [fault: RegExp, attack: Attack]>> = {
  'a stream without end': [
    /^CHAT_(STREAM_BYTES|DELTAS|TEXT)$/,
    (socket) => {
      socket.write(head('Content-Type: text/event-stream'));
      flood(socket, Buffer.from(event('x').repeat(2000)));
    },
  ],
  'comments without end': [
    /^CHAT_STREAM_BYTES$/,
    (socket) => {
      socket.write(head('Content-Type: text/event-stream'));
      flood(socket, Buffer.from(': PROCESSING\n\n'.repeat(5000)));
    },
  ],
  'blanks without end': [
    /^CHAT_STREAM_BYTES$/,
    (socket) => {
      socket.write(head('Content-Type: application/json'));
      flood(socket, Buffer.alloc(65_536, ' '));
    },
  ],
  'one byte at a time': [
    /^ENDPOINT_SLOW$/,
    (socket) => {
      socket.write(head('Content-Type: text/event-stream'));
      drip(socket, Buffer.from(event('x')), 50);
    },
  ],
  'ten gigabytes of JSON': [
    /^CHAT_EVENT_BYTES$/,
    (socket) => {
      socket.write(head('Content-Type: application/json', `Content-Length: ${10 * 2 ** 30}`));
      socket.write('{"choices":[{"message":{"content":"');
      flood(socket, Buffer.alloc(65_536, 'x'));
    },
  ],
  'an error of ten gigabytes': [
    /^HTTP_400$/,
    (socket) => {
      socket.write(`HTTP/1.1 400 Bad Request\r\nContent-Length: ${10 * 2 ** 30}\r\n\r\n`);
      flood(socket, Buffer.alloc(65_536, 'x'));
    },
  ],
  'a huge header': [
    /^ENDPOINT_HEADERS$/,
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nX-Long: ');
      flood(socket, Buffer.alloc(65_536, 'x'));
    },
  ],
  'headers without end': [
    /^ENDPOINT_HEADERS$/,
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      flood(socket, Buffer.from('X-More: 1\r\n'.repeat(500)));
    },
  ],
  'slow headers': [
    /^ENDPOINT_SLOW$/,
    (socket) => drip(socket, Buffer.from('HTTP/1.1 200 OK\r\nX: y\r\n'), 50),
  ],
  silence: [/^ENDPOINT_SLOW$/, () => undefined],
  'interim answers without end': [
    /^ENDPOINT_INTERIM$/,
    (socket) => flood(socket, Buffer.from('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(100))),
  ],
  '100 Continue without end': [
    /^ENDPOINT_(INTERIM|SLOW)$/,
    (socket) => flood(socket, Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'.repeat(100))),
  ],
  'a switch of protocols': [
    /^ENDPOINT_NOT_HTTP$/,
    (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'),
  ],
  'deeply nested JSON': [
    /^CHAT_DEPTH$/,
    (socket) => socket.write(httpAnswer(`{"choices":${'['.repeat(2 ** 20)}${']'.repeat(2 ** 20)}}`)),
  ],
  'a million objects': [
    /^CHAT_CONTAINERS$/,
    (socket) => socket.write(httpAnswer(`{"a":[${'{},'.repeat(2 ** 20)}{}]}`)),
  ],
  'a million numbers': [
    /^CHAT_VALUES$/,
    (socket) => socket.write(httpAnswer(`{"a":[${'0.1,'.repeat(2 ** 20 - 20)}0]}`)),
  ],
  'a redirect to a file': [
    /^ENDPOINT_REDIRECT$/,
    (socket) =>
      socket.write('HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n'),
  ],
  'a redirect to a metadata address': [
    /^ENDPOINT_REDIRECT$/,
    (socket) =>
      socket.write(
        'HTTP/1.1 307 Moved\r\nLocation: http://169.254.169.254/x?key\r\nContent-Length: 0\r\n\r\n',
      ),
  ],
  'a length that is too long': [
    /^ENDPOINT_CUT$/,
    (socket) => socket.end(`${head('Content-Length: 5000')}${stream({ content: 'x' }, finish).slice(0, 60)}`),
  ],
  'a length that is too short': [
    /^ENDPOINT_(CUT|NOT_HTTP)$/,
    (socket) => socket.end(`${head('Content-Length: 30')}${stream({ content: 'x' }, finish)}`),
  ],
  'a reset in the middle': [
    /^ENDPOINT_CUT$/,
    (socket) => {
      socket.write(
        `${head('Transfer-Encoding: chunked')}${chunked([Buffer.from(event('x'))])
          .toString()
          .slice(0, -5)}`,
      );
      setTimeout(() => socket.resetAndDestroy(), 20);
    },
  ],
  'an end before the end, without framing': [
    /^ENDPOINT_CUT$/,
    (socket) => socket.end(`${head('Content-Type: text/event-stream')}${event('half')}`),
  ],
  'a gzip bomb': [
    /^ENDPOINT_ENCODING$/,
    (socket) => socket.write(httpAnswer(BOMB, { headers: { 'Content-Encoding': 'gzip' } })),
  ],
  'HTTP/0.9': [/^ENDPOINT_NOT_HTTP$/, (socket) => socket.end('<html>hello</html>')],
  'another protocol': [/^ENDPOINT_NOT_HTTP$/, (socket) => socket.end('SSH-2.0-OpenSSH_9.7\r\n')],
  'a broken chunk': [
    /^ENDPOINT_NOT_HTTP$/,
    (socket) => socket.write(`${head('Transfer-Encoding: chunked')}zz\r\nnonsense\r\n`),
  ],
  'a chunk extension without end': [
    /^ENDPOINT_(HEADERS|SLOW)$/,
    (socket) => {
      socket.write(`${head('Transfer-Encoding: chunked')}5;`);
      flood(socket, Buffer.alloc(65_536, 'x'));
    },
  ],
  'two lengths': [
    /^ENDPOINT_NOT_HTTP$/,
    (socket) => socket.write(`${head('Content-Length: 5', 'Content-Length: 6')}abcdef`),
  ],
};
