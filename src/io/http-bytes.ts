import type { ByteSource } from '../core/bytes.js';
import { AssayError } from '../core/errors.js';
import { httpError } from './http/failure.js';
import { changed, type HttpOptions, type Part, RangeClient } from './http/range-client.js';

/** First request: the header of a shard with 900 tensors, so that most files need no second one. */
const FIRST_BYTES = 128 * 1024;
/** Reading on in order doubles what is read ahead, up to this. */
const MAX_AHEAD = 4 * 2 ** 20;
/** One read: far above any header, far below memory. */
const MAX_READ_BYTES = 256 * 2 ** 20;

export interface HttpBytes extends ByteSource {
  /** Requests sent so far, redirects included. */
  readonly requests: number;
  close(): Promise<void>;
}

/**
 * Random access to one file behind an http(s) address, by range requests. Small reads are served from a window that is
 * read ahead. A file that changes under the reader is an error. Messages name the address without user and query.
 * Throws FILE_UNREADABLE, CANDIDATE_NOT_FOUND, FORMAT_LIMIT and USAGE with an HttpFault, and ABORTED.
 */
export async function openHttpBytes(address: string, options: HttpOptions = {}): Promise<HttpBytes> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') {
    throw new AssayError('USAGE', 'The address is not an http or https address.', {
      hint: 'Give an address like https://host/folder/model.safetensors.',
      fault: 'HTTP_URL',
    });
  }
  const client = new RangeClient(url, options);
  try {
    const first = await client.part(0, FIRST_BYTES);
    return new Window(url, client, first);
  } catch (error) {
    client.close();
    throw error;
  }
}

class Window implements HttpBytes {
  readonly size: number;
  readonly name: string;
  readonly #url: URL;
  readonly #client: RangeClient;
  readonly #version: string | undefined;
  #from = 0;
  #bytes: Uint8Array;
  #ahead = FIRST_BYTES;

  constructor(url: URL, client: RangeClient, first: Part) {
    this.size = first.total;
    this.name = url.pathname.split('/').at(-1) || url.host;
    this.#url = url;
    this.#client = client;
    this.#version = first.version;
    this.#bytes = first.bytes;
  }

  get requests(): number {
    return this.#client.requests;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    if (length > MAX_READ_BYTES) {
      const what = `${length} bytes are needed at once; the limit is ${MAX_READ_BYTES}`;
      throw httpError('HTTP_LIMIT', this.#url, what, { code: 'FORMAT_LIMIT' });
    }
    const to = Math.min(offset + length, this.size);
    const held = this.#held(offset);
    if (held && offset + held.length >= to) return held.slice(0, to - offset);
    const from = offset + (held?.length ?? 0);
    // Long reads are rows of weights: nothing near them is asked for next, and they would fill the window.
    if (to - from >= MAX_AHEAD) return joined(held, await this.#fetch(from, to));
    this.#ahead = held ? Math.min(this.#ahead * 2, MAX_AHEAD) : FIRST_BYTES;
    const end = Math.min(Math.max(to, from + this.#ahead), this.size);
    this.#bytes = joined(held, await this.#fetch(from, end));
    this.#from = offset;
    return this.#bytes.slice(0, to - offset);
  }

  async close(): Promise<void> {
    this.#client.close();
  }

  /** What the window holds from `offset` on; undefined outside of it. */
  #held(offset: number): Uint8Array | undefined {
    const inside = offset >= this.#from && offset <= this.#from + this.#bytes.length;
    return inside ? this.#bytes.subarray(offset - this.#from) : undefined;
  }

  async #fetch(from: number, to: number): Promise<Uint8Array> {
    if (to <= from) return new Uint8Array(0);
    const { bytes, total, version } = await this.#client.part(from, to, this.#version);
    if (total !== this.size || version !== this.#version) throw changed(this.#url);
    return bytes;
  }
}

function joined(head: Uint8Array | undefined, tail: Uint8Array): Uint8Array {
  if (head === undefined || head.length === 0) return tail;
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}
