import type { ByteSource } from '../core/bytes.js';
import { AssayError } from '../core/errors.js';
import { truncatedFile } from './failure.js';

/** One read of the source: large enough that a header of a few MB takes some dozen reads, small against 30 MB. */
export const WINDOW_BYTES = 64 * 1024;

interface WindowOptions {
  readonly signal?: AbortSignal | undefined;
  /** What the reader calls a source that returns less than was asked of it. */
  readonly fault: string;
}

/** The one piece of the file in memory. Moves forward, so every byte is read at most about twice. */
export class Window {
  readonly #source: ByteSource;
  readonly #options: WindowOptions;
  #base = 0;
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(source: ByteSource, options: WindowOptions) {
    this.#source = source;
    this.#options = options;
  }

  /** True when `length` bytes from `offset`, or all up to the end of the file, are in memory. */
  covers(offset: number, length: number): boolean {
    const end = Math.min(offset + length, this.#source.size);
    return offset >= this.#base && end <= this.#base + this.#bytes.byteLength;
  }

  async load(offset: number): Promise<void> {
    this.#bytes = await this.#read(offset, Math.min(WINDOW_BYTES, this.#source.size - offset));
    this.#base = offset;
  }

  /** Loaded bytes from `offset` up to `end`; a view that the next `load` makes stale. */
  view(offset: number, end: number): Uint8Array {
    return this.#bytes.subarray(offset - this.#base, end - this.#base);
  }

  /** Bytes from `offset` up to `end`, inside the file; a view that the next call makes stale. */
  async bytes(offset: number, end: number): Promise<Uint8Array> {
    const length = end - offset;
    if (length > WINDOW_BYTES) return this.#read(offset, length);
    if (!this.covers(offset, length)) await this.load(offset);
    return this.view(offset, end);
  }

  async #read(offset: number, length: number): Promise<Uint8Array> {
    const { name } = this.#source;
    const { signal, fault } = this.#options;
    if (signal?.aborted) {
      throw new AssayError('ABORTED', `${name}: reading was aborted at byte ${offset}`, {
        cause: signal.reason,
      });
    }
    const bytes = await this.#source.read(offset, length);
    if (bytes.byteLength === length) return bytes;
    const found = `the source returned ${bytes.byteLength} bytes; expected ${length}`;
    throw truncatedFile({ file: name, at: offset, fault }, found);
  }
}
