import { setTimeout as delay } from 'node:timers/promises';
import { AssayError, isAssayError } from '../../core/errors.js';
import { parseContentRange } from './content-range.js';
import { type Answer, type Connections, exchange, openConnections } from './exchange.js';
import { httpError, shown } from './failure.js';

export interface HttpOptions {
  readonly signal?: AbortSignal | undefined;
  /** Also read from loopback, link-local and other addresses outside the public internet. */
  readonly allowPrivate?: boolean;
  /** Longest silence of the server, and time allowed for each MiB of an answer. Default 30,000. */
  readonly timeoutMs?: number;
  /** Attempts after the first when the connection breaks or the server is busy. Default 2. */
  readonly retries?: number;
}

/** Part of a file, and what identifies the version of the file that it is part of. */
export interface Part {
  readonly bytes: Uint8Array;
  /** Bytes of the whole file. */
  readonly total: number;
  /** Strong ETag, or date of last change; undefined when the server gives neither. */
  readonly version: string | undefined;
}

/** Hubs answer with one or two redirects to their storage. */
const MAX_REDIRECTS = 5;
const FIRST_DELAY_MS = 250;
const TRANSIENT: ReadonlySet<string | undefined> = new Set(['HTTP_BUSY', 'HTTP_CUT', 'HTTP_NETWORK']);
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Asks for parts of one file, over connections that are kept until `close`. */
export class RangeClient {
  readonly #url: URL;
  readonly #options: HttpOptions;
  readonly #connections: Connections = openConnections();
  /** Where redirects led: signed addresses of a storage host, good for minutes or hours. */
  #target: URL;
  #requests = 0;

  constructor(url: URL, options: HttpOptions) {
    this.#url = url;
    this.#target = url;
    this.#options = options;
  }

  /** Requests sent so far, redirects included. */
  get requests(): number {
    return this.#requests;
  }

  /** Bytes `from` up to `to`, or up to the end of a shorter file; of version `version`, when that is known. */
  async part(from: number, to: number, version?: string): Promise<Part> {
    const { retries = 2, signal } = this.#options;
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#attempt(from, to, version);
      } catch (error) {
        if (attempt >= retries || !isAssayError(error) || !TRANSIENT.has(error.fault)) throw error;
      }
      await delay(FIRST_DELAY_MS * 4 ** attempt, undefined, { signal }).catch((cause: unknown) => {
        throw new AssayError('ABORTED', `${shown(this.#url)}: reading was aborted`, { cause });
      });
    }
  }

  close(): void {
    this.#connections.http.destroy();
    this.#connections.https.destroy();
  }

  async #attempt(from: number, to: number, version: string | undefined): Promise<Part> {
    let answer = await this.#follow(from, to, version);
    const expired = answer.status === 401 || answer.status === 403;
    if (expired && this.#target !== this.#url) {
      answer.drop();
      this.#target = this.#url;
      answer = await this.#follow(from, to, version);
    }
    try {
      return await this.#read(answer, from, to, version);
    } catch (error) {
      answer.drop();
      throw error;
    }
  }

  async #follow(from: number, to: number, version: string | undefined): Promise<Answer> {
    for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
      const answer = await this.#send(from, to, version);
      if (!REDIRECTS.has(answer.status)) return answer;
      answer.drop();
      this.#target = redirected(this.#target, answer.headers.location);
    }
    throw httpError('HTTP_REDIRECT', this.#url, `more than ${MAX_REDIRECTS} redirects`);
  }

  #send(from: number, to: number, version: string | undefined): Promise<Answer> {
    const { allowPrivate = false, timeoutMs = 30_000, signal } = this.#options;
    const url = this.#target;
    const headers: Record<string, string> = {
      accept: '*/*',
      'accept-encoding': 'identity',
      range: `bytes=${from}-${to - 1}`,
      'user-agent': 'model-assay',
    };
    if (version !== undefined) headers['if-range'] = version;
    if (url.origin === this.#url.origin && this.#url.username !== '') {
      headers.authorization = basicLogin(this.#url);
    }
    this.#requests++;
    return exchange(url, headers, {
      connections: this.#connections,
      allowPrivate,
      idleMs: timeoutMs,
      totalMs: timeoutMs * (1 + Math.ceil((to - from) / 2 ** 20)),
      signal,
    });
  }

  async #read(answer: Answer, from: number, to: number, expected: string | undefined): Promise<Part> {
    const { status, headers } = answer;
    const url = this.#url;
    if (status === 416 && from === 0 && headers['content-range'] === 'bytes */0') {
      answer.drop();
      return { bytes: new Uint8Array(0), total: 0, version: versionOf(headers) };
    }
    if (status !== 206) throw refusedStatus(url, status, expected);
    if ((headers['content-encoding'] ?? 'identity') !== 'identity') {
      throw httpError('HTTP_ENCODING', url, 'the server sends a compressed part');
    }
    const range = parseContentRange(headers['content-range']);
    if (range === undefined || range.from !== from || range.to !== Math.min(to, range.total)) {
      throw httpError('HTTP_RANGE', url, `the server sent another part than bytes ${from} to ${to - 1}`);
    }
    const version = versionOf(headers);
    if (expected !== undefined && version !== expected) throw changed(url);
    const announced = headers['content-length'];
    const length = range.to - from;
    if (announced !== undefined && Number(announced) !== length) {
      throw httpError(
        'HTTP_LENGTH',
        url,
        `the server announces ${announced.slice(0, 20)} bytes for ${length}`,
      );
    }
    return { bytes: await answer.take(length), total: range.total, version };
  }
}

/** Weak tags and dates of the same second cannot tell two versions apart; a date is better than nothing. */
function versionOf(headers: Answer['headers']): string | undefined {
  const { etag, 'last-modified': date } = headers;
  return etag?.startsWith('"') ? etag : date;
}

/** User and password of an address; what is no percent-encoding is sent as it stands. */
function basicLogin({ username, password }: URL): string {
  let login = `${username}:${password}`;
  try {
    login = decodeURIComponent(login);
  } catch {}
  return `Basic ${Buffer.from(login).toString('base64')}`;
}

function redirected(from: URL, location: string | undefined): URL {
  if (location === undefined || !URL.canParse(location, from.href)) {
    throw httpError('HTTP_REDIRECT', from, 'the server redirects to no address');
  }
  const to = new URL(location, from);
  if (to.protocol === from.protocol) return to;
  throw httpError('HTTP_PROTOCOL', from, `the server redirects to another protocol, ${to.protocol}`);
}

function refusedStatus(url: URL, status: number, expected: string | undefined): AssayError {
  if (status === 200 && expected !== undefined) return changed(url);
  if (status === 200) {
    return httpError('HTTP_RANGE_IGNORED', url, 'the server sends the whole file; a part was asked for');
  }
  if (status === 404 || status === 410) {
    return httpError('HTTP_STATUS', url, `no such file (${status})`, { code: 'CANDIDATE_NOT_FOUND' });
  }
  if (status === 416) return changed(url);
  const busy = status === 408 || status === 429 || status >= 500;
  return httpError(busy ? 'HTTP_BUSY' : 'HTTP_STATUS', url, `the server answers with status ${status}`);
}

export function changed(url: URL): AssayError {
  return httpError('HTTP_CHANGED', url, 'the file changed while it was read');
}
