import { type ClientRequest, type IncomingMessage, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Socket } from 'node:net';
import { AssayError } from '../../core/errors.js';
import { isPrivate, publicLookup } from '../http/address.js';
import type { Connections } from '../http/exchange.js';
import { deadlines, Overdue } from './deadlines.js';
import { endpointError } from './failure.js';
import { AFTER_DONE_MS, type EndpointLimits, MAX_HEADER_BYTES, MAX_INTERIM } from './limits.js';
import { networkError } from './network-error.js';

export interface Message {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Head {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Takes an answer as it comes. What it throws ends the exchange. */
export interface Sink {
  head(head: Head): void;
  /** `atMs` counts from the moment the request was written. */
  data(bytes: Uint8Array, atMs: number): void;
  /** Whether the rest is wanted: `soon` gives the server a moment to end, which keeps the connection usable. */
  enough(): 'no' | 'soon' | 'now';
}

export interface ExchangeOptions {
  readonly connections: Connections;
  readonly allowPrivate: boolean;
  readonly limits: EndpointLimits;
  /** Time left of the whole audit. */
  readonly remainingMs: number;
  readonly signal: AbortSignal | undefined;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
}

export interface Exchanged {
  readonly headersMs: number;
  readonly endMs: number;
}

/** A busy server's answer, of which only the head was read. */
export class TurnedAway extends Error {
  constructor(readonly head: Head) {
    super('busy');
  }
}

/** Marks an error of a kept connection that the server had closed before it read the request. */
export const STALE = 'ESTALECONNECTION';

/** Send one request and hand its answer to `sink`. Follows no redirect and repeats nothing. Throws ENDPOINT_*, ABORTED. */
export function exchange(message: Message, sink: Sink, options: ExchangeOptions): Promise<Exchanged> {
  const { url } = message;
  if (!options.allowPrivate && isPrivate(url.hostname))
    return Promise.reject(endpointError('ENDPOINT_PRIVATE', `${url.host} is a private address.`));
  return new Promise((resolve, reject) => {
    if (options.signal?.aborted) return reject(aborted(url));
    const request = open(message, options);
    let settled = false;
    const finish = (outcome: () => void, keep = false): void => {
      if (settled) return;
      settled = true;
      times.clear();
      options.signal?.removeEventListener('abort', onAbort);
      if (!keep) request.destroy();
      outcome();
    };
    const fail = (cause: unknown): void =>
      finish(() => reject(failureOf(cause, request, times.phase, message, options)));
    const times = deadlines(options, fail);
    const onAbort = (): void => fail(aborted(url));
    options.signal?.addEventListener('abort', onAbort, { once: true });
    watchConnection(request, times, fail);
    request.once('response', (response) =>
      receive(response, sink, times, { fail, finish: (took, keep) => finish(() => resolve(took), keep) }),
    );
    request.end(message.body);
  });
}

type Times = ReturnType<typeof deadlines>;
interface Outcome {
  readonly fail: (cause: unknown) => void;
  readonly finish: (took: Exchanged, keep: boolean) => void;
}

/** The address is taken apart so that nothing of it but host, path and query is sent. */
function open({ method, url, headers, body }: Message, options: ExchangeOptions): ClientRequest {
  const secure = url.protocol === 'https:';
  return (secure ? secureRequest : plainRequest)({
    method,
    protocol: url.protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port,
    path: url.pathname + url.search,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
    agent: secure ? options.connections.https : options.connections.http,
    maxHeaderSize: MAX_HEADER_BYTES,
    insecureHTTPParser: false,
    // Not left to NODE_TLS_REJECT_UNAUTHORIZED: the key goes only to whom the address names.
    ...(secure ? { rejectUnauthorized: true } : {}),
    ...(options.allowPrivate ? {} : { lookup: publicLookup }),
  });
}

function watchConnection(request: ClientRequest, times: Times, fail: (cause: unknown) => void): void {
  let interim = 0;
  request.once('socket', (socket: Socket & { readonly encrypted?: boolean }) => {
    if (socket.connecting) socket.once(socket.encrypted ? 'secureConnect' : 'connect', times.connected);
    else times.connected();
  });
  request.once('finish', times.written);
  request.on('information', () => {
    if (++interim > MAX_INTERIM)
      fail(endpointError('ENDPOINT_INTERIM', `The endpoint sent more than ${MAX_INTERIM} interim answers.`));
  });
  // A server that switches protocols speaks another one from then on.
  request.once('upgrade', () => fail(endpointError('ENDPOINT_NOT_HTTP', 'The endpoint switched protocols.')));
  // After the outcome an error is the echo of our own hanging up.
  request.on('error', fail);
}

function receive(response: IncomingMessage, sink: Sink, times: Times, { fail, finish }: Outcome): void {
  const headersMs = times.head();
  let leaving = false;
  const guarded =
    <T extends readonly unknown[]>(work: (...args: T) => void) =>
    (...args: T): void => {
      try {
        work(...args);
      } catch (error) {
        fail(error);
      }
    };
  const leave = (keep: boolean): void => finish({ headersMs, endMs: times.elapsed() }, keep);
  const enough = (): void => {
    const want = sink.enough();
    if (want === 'now') leave(false);
    if (want !== 'soon' || leaving) return;
    leaving = true;
    times.leave(AFTER_DONE_MS, () => leave(false));
  };
  response.on('error', fail);
  response.once('aborted', () => fail(new Error('aborted')));
  response.on(
    'data',
    guarded((bytes: Uint8Array) => {
      const atMs = times.byte();
      sink.data(bytes, atMs);
      enough();
    }),
  );
  response.once('end', () => (response.complete ? leave(true) : fail(new Error('aborted'))));
  guarded(() => {
    sink.head({ status: response.statusCode ?? 0, headers: flat(response.headers) });
    enough();
  })();
}

function flat(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

function failureOf(
  cause: unknown,
  request: ClientRequest,
  phase: Times['phase'],
  { url }: Message,
  { limits, remainingMs }: ExchangeOptions,
): Error {
  if (cause instanceof AssayError || cause instanceof TurnedAway) return cause;
  if (cause instanceof Overdue) {
    if (cause.phase === 'total' && remainingMs < limits.totalMs) return overTime(limits.auditMs);
    return endpointError('ENDPOINT_SLOW', `${url.host}: ${cause.message}`);
  }
  const stale = request.reusedSocket && phase !== 'body';
  return stale ? Object.assign(new Error('stale'), { code: STALE }) : networkError(cause, phase, url);
}

export function overTime(auditMs: number): AssayError {
  const what = `The endpoint took all of the ${Math.round(auditMs / 1000)} s that one audit may spend on it.`;
  return endpointError('ENDPOINT_OVER_TIME', what);
}

export function aborted(url: URL): AssayError {
  return new AssayError('ABORTED', `${url.host}: the request was interrupted.`, { hint: 'Start it again.' });
}
