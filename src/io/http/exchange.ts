import {
  type ClientRequest,
  type IncomingMessage,
  Agent as PlainAgent,
  request as plainRequest,
} from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { AssayError } from '../../core/errors.js';
import { isPrivate, PRIVATE_ADDRESS, publicLookup } from './address.js';
import { httpError, shown } from './failure.js';

/** Keeps connections to the hosts of one file. */
export interface Connections {
  readonly http: PlainAgent;
  readonly https: SecureAgent;
}

export function openConnections(): Connections {
  const options = { keepAlive: true, maxSockets: 4 };
  return { http: new PlainAgent(options), https: new SecureAgent(options) };
}

export interface ExchangeOptions {
  readonly connections: Connections;
  readonly allowPrivate: boolean;
  /** Longest silence of the server, and longest time for the whole answer. */
  readonly idleMs: number;
  readonly totalMs: number;
  readonly signal: AbortSignal | undefined;
}

/** An answer whose body has not been read; `take` reads exactly `length` bytes of it, `drop` ends it unread. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  take(length: number): Promise<Uint8Array>;
  drop(): void;
}

/** Send one GET request and wait for the head of the answer. Redirects are not followed. */
export async function exchange(
  url: URL,
  headers: Readonly<Record<string, string>>,
  options: ExchangeOptions,
): Promise<Answer> {
  if (!options.allowPrivate && isPrivate(url.hostname)) throw privateAddress(url);
  if (options.signal?.aborted) throw failure(url, options.signal.reason, options);
  const request = send(url, headers, options);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', (cause) => reject(failure(url, cause, options)));
    endInTime(request, options);
  });
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    take: (length) => body(url, response, length, options),
    drop: () => response.destroy(),
  };
}

/** The address is taken apart so that user and password are sent only where `headers` say so. */
function send(
  url: URL,
  headers: Readonly<Record<string, string>>,
  { connections, allowPrivate }: ExchangeOptions,
): ClientRequest {
  const secure = url.protocol === 'https:';
  const request = (secure ? secureRequest : plainRequest)({
    protocol: url.protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port,
    path: url.pathname + url.search,
    headers,
    agent: secure ? connections.https : connections.http,
    ...(allowPrivate ? {} : { lookup: publicLookup }),
  });
  return request.end();
}

/** Destroy the exchange on abort, after silence and after the time for all of it; let go when it is over. */
function endInTime(request: ClientRequest, { idleMs, totalMs, signal }: ExchangeOptions): void {
  let response: IncomingMessage | undefined;
  request.once('response', (received) => {
    response = received;
  });
  const stop = (reason: Error) => (response ?? request).destroy(reason);
  const onAbort = () => stop(new Error('aborted'));
  const timer = setTimeout(() => stop(new TimeoutError()), totalMs);
  request.setTimeout(idleMs, () => stop(new TimeoutError()));
  signal?.addEventListener('abort', onAbort, { once: true });
  request.once('close', () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  });
}

class TimeoutError extends Error {}

async function body(
  url: URL,
  response: IncomingMessage,
  length: number,
  options: ExchangeOptions,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  try {
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      if (filled + chunk.length > length) {
        throw httpError(
          'HTTP_LENGTH',
          url,
          `the server sends more than the ${length} bytes that were asked for`,
        );
      }
      bytes.set(chunk, filled);
      filled += chunk.length;
    }
  } catch (cause) {
    throw failure(url, cause, options, 'HTTP_CUT');
  }
  if (filled === length) return bytes;
  throw httpError('HTTP_CUT', url, `the server sent ${filled} of ${length} bytes`);
}

function privateAddress(url: URL): AssayError {
  return httpError('HTTP_ADDRESS', url, 'the host has a private address');
}

function failure(
  url: URL,
  cause: unknown,
  { signal, totalMs }: ExchangeOptions,
  fault: 'HTTP_CUT' | 'HTTP_NETWORK' = 'HTTP_NETWORK',
): AssayError {
  if (cause instanceof AssayError) return cause;
  if (signal?.aborted) {
    return new AssayError('ABORTED', `${shown(url)}: reading was aborted`, { cause: signal.reason });
  }
  if (cause instanceof TimeoutError) {
    return httpError('HTTP_TIMEOUT', url, `the server was too slow; the whole answer may take ${totalMs} ms`);
  }
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  if (code === PRIVATE_ADDRESS) return privateAddress(url);
  const what = fault === 'HTTP_CUT' ? 'the connection ended early' : 'the server cannot be reached';
  return httpError(fault, url, `${what} (${code})`, { cause });
}
