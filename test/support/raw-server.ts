import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';

export interface RawServer {
  /** `http://127.0.0.1:port/v1` */
  readonly url: string;
  /** Requests as they came, head and body. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** A TCP server that reads whole requests and lets `answer` write whatever bytes it likes. */
export async function rawServer(
  answer: (socket: Socket, request: string, index: number) => void,
): Promise<RawServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let seen = '';
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => {
      seen += bytes.toString('latin1');
      const end = seen.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(seen.slice(0, end))?.[1] ?? 0);
      if (seen.length < end + 4 + length) return;
      const request = seen.slice(0, end + 4 + length);
      seen = seen.slice(request.length);
      answer(socket, request, requests.push(request) - 1);
    });
  });
  await listening(server);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
}

/** An answer that is complete, with its length. */
export function httpAnswer(
  body: string | Uint8Array,
  {
    status = '200 OK',
    headers = {},
  }: { readonly status?: string; readonly headers?: Record<string, string> } = {},
): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body);
  const lines = Object.entries({ 'Content-Length': String(bytes.length), ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`), bytes]);
}

/** A chunked body of the given pieces. */
export function chunked(pieces: readonly Uint8Array[]): Buffer {
  const parts = pieces.flatMap((piece) =>
    piece.length === 0
      ? []
      : [Buffer.from(`${piece.length.toString(16)}\r\n`), Buffer.from(piece), Buffer.from('\r\n')],
  );
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}
