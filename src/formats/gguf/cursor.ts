import type { ByteSource } from '../../core/bytes.js';
import type { AssayError } from '../../core/errors.js';
import { fileOverLimit, invalidFile, truncatedFile } from '../failure.js';
import { WINDOW_BYTES, Window } from '../window.js';
import type { GgufFault } from './fault.js';
import { MAX_LENGTH, MAX_METADATA_BYTES } from './limits.js';

const DAMAGED = 'The file is damaged or not a GGUF model; download or convert it again.';

interface CountRule {
  readonly fault: GgufFault;
  /** What is counted, as a message names it. */
  readonly what: string;
  readonly limit: number;
  /** Fewest bytes of one. */
  readonly unit: number;
}

/** Reads a GGUF header front to back over a file that is never in memory as a whole. */
export class GgufCursor {
  readonly file: string;
  readonly size: number;
  readonly #window: Window;
  #position: number;
  #spent = 0;

  constructor(source: ByteSource, options: { readonly signal?: AbortSignal | undefined; at?: number } = {}) {
    this.file = source.name;
    this.size = source.size;
    this.#window = new Window(source, { signal: options.signal, fault: 'GGUF_TRUNCATED' });
    this.#position = options.at ?? 0;
  }

  get position(): number {
    return this.#position;
  }

  /** The next bytes, a view that the next call makes stale. */
  async take(length: number): Promise<DataView> {
    const from = this.#position;
    this.skip(length);
    const bytes = await this.#window.bytes(from, this.#position);
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  skip(length: number): void {
    if (length > this.size - this.#position)
      throw this.truncated('GGUF_TRUNCATED', this.#position, 'the file ends inside its header');
    this.#position += length;
  }

  /** Back to a byte that was passed before. */
  rewind(position: number): void {
    this.#position = position;
  }

  async u32(): Promise<number> {
    return (await this.take(4)).getUint32(0, true);
  }

  /** A u64 that says how many follow: no more than the limit, and no more than the file has room for. */
  async count({ fault, what, limit, unit }: CountRule): Promise<number> {
    const at = this.#position;
    const value = (await this.take(8)).getBigUint64(0, true);
    if (value > limit) throw this.overLimit(fault, at, `${what}: ${value}; the limit is ${limit}`);
    const rest = this.size - this.#position;
    if (Number(value) * unit <= rest) return Number(value);
    throw this.truncated(fault, at, `${what}: ${value}; the ${rest} bytes that follow cannot hold them`);
  }

  /** Move past strings, each a length and that many bytes. */
  async skipStrings(count: number): Promise<void> {
    for (let left = count; left > 0; ) {
      if (!this.#window.covers(this.#position, 8)) await this.#window.load(this.#position);
      const end = Math.min(this.#position + WINDOW_BYTES, this.size);
      const bytes = this.#window.view(this.#position, end);
      left -= this.#walk(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), left);
    }
  }

  /** Strings whose lengths are in the view, at most `most`; at least one, or an error. */
  #walk(view: DataView, most: number): number {
    const from = this.#position;
    let walked = 0;
    while (walked < most) {
      const at = this.#position - from;
      if (at + 8 > view.byteLength) {
        if (walked === 0) this.skip(8);
        break;
      }
      const length = view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
      this.checkString(this.#position, length);
      this.#position += 8 + length;
      walked++;
    }
    return walked;
  }

  /** A string of `length` bytes whose length field is at `at`. */
  checkString(at: number, length: number): void {
    if (length > MAX_LENGTH) {
      const what = `a string has ${length} bytes; the limit is ${MAX_LENGTH}`;
      throw this.overLimit('GGUF_STRING_LENGTH', at, what);
    }
    if (length <= this.size - at - 8) return;
    const what = `a string has ${length} bytes; ${this.size - at - 8} follow`;
    throw this.truncated('GGUF_STRING_LENGTH', at, what);
  }

  /** Pay for memory that stays. */
  charge(bytes: number, at: number): void {
    this.#spent += bytes;
    if (this.#spent <= MAX_METADATA_BYTES) return;
    const what = `the header needs more than the limit of ${MAX_METADATA_BYTES} bytes`;
    throw this.overLimit('GGUF_METADATA_SIZE', at, what);
  }

  invalid(fault: GgufFault, at: number, what: string, hint = DAMAGED): AssayError {
    return invalidFile({ file: this.file, at, fault }, what, hint);
  }

  truncated(fault: GgufFault, at: number, what: string): AssayError {
    return truncatedFile({ file: this.file, at, fault }, what);
  }

  overLimit(fault: GgufFault, at: number, what: string): AssayError {
    return fileOverLimit({ file: this.file, at, fault }, what);
  }
}
