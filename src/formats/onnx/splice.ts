import type { ByteSource } from '../../core/bytes.js';
import type { Range } from './field.js';

type Part = Range | Uint8Array;

/** A byte sequence made of pieces of a file and of new bytes, read only when it is built. */
export class Splice {
  readonly #parts: Part[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Bytes of the file. Adjacent ranges become one, so that verbatim stretches cost one read. */
  copy(range: Range): void {
    const last = this.#parts.at(-1);
    if (last !== undefined && 'to' in last && last.to === range.from) {
      this.#parts[this.#parts.length - 1] = { from: last.from, to: range.to };
    } else this.#parts.push({ from: range.from, to: range.to });
    this.#length += range.to - range.from;
  }

  insert(bytes: readonly number[]): void {
    this.#parts.push(Uint8Array.from(bytes));
    this.#length += bytes.length;
  }

  append(other: Splice): void {
    for (const part of other.#parts) this.#parts.push(part);
    this.#length += other.#length;
  }

  async build(source: ByteSource): Promise<Uint8Array> {
    const out = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      const bytes = 'to' in part ? await source.read(part.from, part.to - part.from) : part;
      out.set(bytes, at);
      at += bytes.byteLength;
    }
    return out;
  }
}
