import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface RangeServer {
  /** Address without a path. */
  readonly origin: string;
  /** Range headers of the requests so far. */
  readonly ranges: string[];
  handler: Handler;
  close(): Promise<void>;
}

/** A local server whose answers each test chooses. */
export async function rangeServer(handler: Handler): Promise<RangeServer> {
  const server = createServer((request, response) => {
    state.ranges.push(request.headers.range ?? '');
    state.handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const state: RangeServer = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ranges: [],
    handler,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return state;
}

/** Serve parts of `data` as a correct server does; `change` may spoil the head. */
export function serving(
  data: Uint8Array | ((path: string) => Uint8Array),
  change: (headers: Record<string, string>) => void = () => undefined,
): Handler {
  return (request, response) => {
    const bytes = typeof data === 'function' ? data(request.url ?? '') : data;
    const [, from = 0, last = 0] = (/^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? []).map(
      Number,
    );
    if (from >= bytes.length) {
      response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
      return;
    }
    const part = bytes.subarray(from, last + 1);
    const headers: Record<string, string> = {
      etag: '"v1"',
      'content-range': `bytes ${from}-${from + part.length - 1}/${bytes.length}`,
      'content-length': String(part.length),
    };
    change(headers);
    response.writeHead(206, headers).end(part);
  };
}
