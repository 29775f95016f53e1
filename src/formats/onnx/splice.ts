import type { ByteSource } from '../../core/bytes.js';
import { WINDOW_BYTES } from '../window.js';
import { truncated } from './failure.js';
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

  /** Nothing but these bytes of the file. */
  is(range: Range): boolean {
    const [only, ...others] = this.#parts;
    return (
      others.length === 0 &&
      only !== undefined &&
      'to' in only &&
      only.from === range.from &&
      only.to === range.to
    );
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
      if ('to' in part) await fill(out.subarray(at, at + part.to - part.from), source, part.from);
      else out.set(part, at);
      at += 'to' in part ? part.to - part.from : part.byteLength;
    }
    return out;
  }
}

async function fill(out: Uint8Array, source: ByteSource, from: number): Promise<void> {
  for (let at = 0; at < out.byteLength; at += WINDOW_BYTES) {
    const length = Math.min(WINDOW_BYTES, out.byteLength - at);
    const bytes = await source.read(from + at, length);
    if (bytes.byteLength !== length) {
      const found = `the source returned ${bytes.byteLength} bytes; expected ${length}`;
      throw truncated({ file: source.name, at: from + at, fault: 'ONNX_TRUNCATED' }, found);
    }
    out.set(bytes, at);
  }
}
