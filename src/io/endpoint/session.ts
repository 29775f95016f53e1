import { setTimeout as delay } from 'node:timers/promises';
import { isAssayError } from '../../core/errors.js';
import { type Connections, openConnections } from '../http/exchange.js';
import { endpointAddress, operation } from './base-url.js';
import {
  aborted,
  type Exchanged,
  exchange,
  type Head,
  type Message,
  overTime,
  type Sink,
  STALE,
  TurnedAway,
} from './exchange.js';
import { endpointError } from './failure.js';
import { type EndpointLimits, FIRST_RETRY_MS, MAX_FAILURES, MAX_RETRIES } from './limits.js';
import { networkError } from './network-error.js';
import { retryAfterMs } from './retry-after.js';
import { keyScrubber, type Scrubber } from './scrub.js';

export interface SessionSettings {
  readonly baseUrl: string;
  /** Sent as a bearer token; kept in memory only. */
  readonly key: string | undefined;
  readonly allowPrivate: boolean;
  readonly limits: EndpointLimits;
  readonly signal: AbortSignal | undefined;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Milliseconds since 1970, for dates in Retry-After. */
  readonly wallClock: () => number;
}

/** What an answer may be collected with: a fresh sink for each attempt. */
export type SinkFor<S extends Sink> = () => S;

export interface Sent<S extends Sink> {
  readonly sink: S;
  readonly took: Exchanged;
  /** Codes of attempts that were turned away before any answer. */
  readonly quirks: readonly string[];
}

/** Statuses of a server that is busy and asks to come back. */
const BUSY: ReadonlySet<number> = new Set([408, 429, 502, 503, 504, 529]);

/** Everything that requests to one endpoint share: connections, key, patience. */
export class EndpointSession {
  readonly base: URL;
  readonly scrubber: Scrubber;
  readonly #settings: SessionSettings;
  readonly #connections: Connections = openConnections();
  #startedAt: number | undefined;
  #failures = 0;
  #lastFailure = '';

  constructor(settings: SessionSettings) {
    this.#settings = settings;
    this.base = endpointAddress(settings.baseUrl).base;
    this.scrubber = keyScrubber(settings.key);
  }

  /** Send a request; a busy server is asked again before, never after, it began to answer. Throws ENDPOINT_*, ABORTED. */
  async send<S extends Sink>(
    method: Message['method'],
    path: string,
    body: string | undefined,
    sinkFor: SinkFor<S>,
  ): Promise<Sent<S>> {
    const remainingMs = this.#remaining();
    if (this.#failures >= MAX_FAILURES) {
      const what = `The endpoint is not asked any more after ${MAX_FAILURES} failures in a row; the last: ${this.#lastFailure}`;
      throw endpointError('ENDPOINT_DEAD', what);
    }
    try {
      return await this.#persist(this.#message(method, path, body), sinkFor, remainingMs);
    } catch (error) {
      if (!isAssayError(error, 'ABORTED')) this.noteFailure(error);
      throw error;
    }
  }

  /** Count a failure that only the content of an answer shows. */
  noteFailure(error: unknown): void {
    this.#failures++;
    this.#lastFailure = error instanceof Error ? error.message : 'unknown';
  }

  /** The answer was of use, even if it was a refusal. */
  noteSuccess(): void {
    this.#failures = 0;
  }

  close(): void {
    this.#connections.http.destroy();
    this.#connections.https.destroy();
  }

  #remaining(): number {
    const { limits, now } = this.#settings;
    this.#startedAt ??= now();
    const left = limits.auditMs - (now() - this.#startedAt);
    if (left <= 0) throw overTime(limits.auditMs);
    return left;
  }

  #message(method: Message['method'], path: string, body: string | undefined): Message {
    const { key } = this.#settings;
    const headers: Record<string, string> = {
      accept: method === 'POST' ? 'text/event-stream, application/json' : 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'model-assay',
    };
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (key !== undefined) headers.authorization = `Bearer ${key}`;
    return { method, url: operation(this.base, path), headers, ...(body === undefined ? {} : { body }) };
  }

  async #persist<S extends Sink>(
    message: Message,
    sinkFor: SinkFor<S>,
    remainingMs: number,
  ): Promise<Sent<S>> {
    const quirks: string[] = [];
    for (let attempt = 0; ; attempt++) {
      const last = attempt >= MAX_RETRIES;
      try {
        const sink = sinkFor();
        const took = await this.#once(message, sink, last, remainingMs);
        return { sink, took, quirks };
      } catch (error) {
        const stale = (error as NodeJS.ErrnoException).code === STALE;
        if (stale && last) throw networkError(error, 'headers', message.url);
        if (!stale && !(error instanceof TurnedAway)) throw error;
        quirks.push(stale ? 'RETRIED_CONNECTION' : `RETRIED_${(error as TurnedAway).head.status}`);
        if (!stale) await this.#wait(error as TurnedAway, attempt, message.url);
      }
    }
  }

  async #once(message: Message, sink: Sink, last: boolean, remainingMs: number): Promise<Exchanged> {
    const { allowPrivate, limits, signal, now } = this.#settings;
    const options = { connections: this.#connections, allowPrivate, limits, signal, now };
    const guarded: Sink = {
      head: (head) => {
        checkHead(head, message.url);
        if (!last && BUSY.has(head.status) && this.#patientWith(head)) throw new TurnedAway(head);
        sink.head(head);
      },
      data: (bytes, atMs) => sink.data(bytes, atMs),
      enough: () => sink.enough(),
    };
    const left = Math.min(remainingMs, this.#remaining());
    return exchange(message, guarded, { ...options, remainingMs: left });
  }

  #patientWith({ headers }: Head): boolean {
    const { limits, wallClock } = this.#settings;
    return (retryAfterMs(headers['retry-after'], wallClock()) ?? 0) <= limits.retryWaitMs;
  }

  async #wait({ head }: TurnedAway, attempt: number, url: URL): Promise<void> {
    const { limits, signal, wallClock } = this.#settings;
    const asked = retryAfterMs(head.headers['retry-after'], wallClock()) ?? FIRST_RETRY_MS * 4 ** attempt;
    const milliseconds = Math.min(asked, limits.retryWaitMs, this.#remaining());
    await delay(milliseconds, undefined, { signal }).catch(() => {
      throw aborted(url);
    });
  }
}

function checkHead({ status, headers }: Head, url: URL): void {
  if (status >= 300 && status < 400)
    throw endpointError(
      'ENDPOINT_REDIRECT',
      `${url.host} redirects (${status}) to ${originOf(headers.location, url)}.`,
    );
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding !== '' && encoding !== 'identity')
    throw endpointError(
      'ENDPOINT_ENCODING',
      `${url.host} sends compressed answers though plain ones were asked for.`,
    );
}

/** Where a redirect points, without what may be secret or hostile in the address. */
function originOf(location: string | undefined, url: URL): string {
  if (location === undefined || !URL.canParse(location, url.href)) return 'no address';
  const target = new URL(location, url);
  return target.origin === 'null' ? `a ${target.protocol} address` : target.origin;
}
