import type { ByteSource } from '../../core/bytes.js';
import type { AssayError } from '../../core/errors.js';
import { Window } from '../window.js';
import { Budget } from './budget.js';
import { invalid, overLimit, truncated } from './failure.js';
import type { OnnxFault } from './fault.js';
import { BYTES, FIXED32, FIXED64, type Field, type Range, VARINT, WIRE_NAMES } from './field.js';
import { FIELD_COST, MAX_NAME_BYTES } from './limits.js';
import { decodeVarint, signed64, type Varint } from './varint.js';

/** Key and length or value of one field: two varints. */
const HEADER_BYTES = 20;

// Two names that differ in bytes must not become equal by replacement characters, hence fatal.
const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Sequential protobuf reader over a file that is never in memory as a whole.
 * Stricter than protobuf where a lenient reading could differ from another program's: a known field with
 * another wire type, integers beyond their range and broken UTF-8 are errors.
 */
export class WireReader {
  readonly file: string;
  readonly size: number;
  readonly budget: Budget;
  readonly #window: Window;
  #position = 0;

  constructor(source: ByteSource, signal?: AbortSignal) {
    this.file = source.name;
    this.size = source.size;
    this.budget = new Budget(source.name);
    this.#window = new Window(source, { signal, fault: 'ONNX_TRUNCATED' });
  }

  /** Visit the fields of the message in `range` in file order. A visitor may read its field or leave it. */
  async message(range: Range, visit: (field: Field) => Promise<void>): Promise<void> {
    this.budget.enter(range.from);
    this.#position = range.from;
    while (this.#position < range.to) {
      if (!this.#window.covers(this.#position, HEADER_BYTES)) await this.#window.load(this.#position);
      const field = this.#field(this.#position, range.to);
      this.budget.charge(FIELD_COST, field.at);
      await visit(field);
      this.#position = field.to;
    }
    this.budget.leave();
  }

  /** The payload; a view that the next read makes stale. */
  bytes(field: Range): Promise<Uint8Array> {
    return this.#window.bytes(field.from, field.to);
  }

  async text(field: Field, limit = MAX_NAME_BYTES): Promise<string> {
    this.expect(field, BYTES);
    const length = field.to - field.from;
    if (length > limit) {
      throw this.overLimit('ONNX_NAME_LENGTH', field.at, `a name has ${length} bytes; the limit is ${limit}`);
    }
    this.budget.charge(length, field.at);
    const loaded = this.#window.covers(field.from, length);
    const bytes = loaded ? this.#window.view(field.from, field.to) : await this.bytes(field);
    try {
      return STRICT_UTF8.decode(bytes);
    } catch {
      throw this.invalid('ONNX_TEXT', field.at, `the text of field ${field.number} is not UTF-8`);
    }
  }

  /** A signed integer that a double represents exactly. */
  integer(field: Field): number {
    this.expect(field, VARINT);
    const value = signed64(field);
    if (Number.isSafeInteger(value)) return value;
    throw this.invalid(
      'ONNX_INTEGER',
      field.at,
      `field ${field.number} is ${value}; expected an integer below 2^53`,
    );
  }

  /** A value of an int32 or enum field. */
  int32(field: Field): number {
    const value = this.integer(field);
    if (value === (value | 0)) return value;
    throw this.invalid(
      'ONNX_INTEGER',
      field.at,
      `field ${field.number} is ${value}; expected a 32-bit integer`,
    );
  }

  expect(field: Field, wire: number): void {
    if (field.wire === wire) return;
    const found = WIRE_NAMES[field.wire];
    throw this.invalid(
      'ONNX_WIRE_TYPE',
      field.at,
      `field ${field.number} is ${found}; expected ${WIRE_NAMES[wire]}`,
    );
  }

  invalid(fault: OnnxFault, at: number, what: string): AssayError {
    return invalid({ file: this.file, at, fault }, what);
  }

  overLimit(fault: OnnxFault, at: number, what: string): AssayError {
    return overLimit({ file: this.file, at, fault }, what);
  }

  #field(at: number, end: number): Field {
    const key = this.#varint(at, end);
    const number = key.low >>> 3;
    const wire = key.low & 7;
    if (key.high !== 0 || number === 0)
      throw this.invalid('ONNX_FIELD_NUMBER', at, 'the field number is out of range');
    const from = at + key.length;
    if (wire === VARINT) {
      const { low, high, length } = this.#varint(from, end);
      return { at, number, wire, low, high, from, to: from + length };
    }
    if (wire === FIXED64 || wire === FIXED32) return this.#fixed(at, from, end, number, wire);
    if (wire !== BYTES) {
      throw this.invalid(
        'ONNX_WIRE_TYPE',
        at,
        `field ${number} has wire type ${wire}; expected 0, 1, 2 or 5`,
      );
    }
    const length = this.#varint(from, end);
    const start = from + length.length;
    const to = start + length.high * 2 ** 32 + length.low;
    this.#inside(at, number, to, end);
    return { at, number, wire, low: 0, high: 0, from: start, to };
  }

  #fixed(at: number, from: number, end: number, number: number, wire: number): Field {
    const to = from + (wire === FIXED64 ? 8 : 4);
    this.#inside(at, number, to, end);
    const bytes = this.#window.view(from, to);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const high = wire === FIXED64 ? view.getUint32(4, true) : 0;
    return { at, number, wire, low: view.getUint32(0, true), high, from, to };
  }

  #varint(at: number, end: number): Varint {
    const bytes = this.#window.view(at, Math.min(end, at + HEADER_BYTES));
    const value = decodeVarint(bytes, 0, bytes.byteLength);
    if (value === 'overlong') throw this.invalid('ONNX_VARINT', at, 'a varint has more than 64 bits');
    if (value !== 'incomplete') return value;
    if (end >= this.size) throw this.#truncated(at, 'the file ends inside a field');
    throw this.invalid('ONNX_FIELD_END', at, `a field crosses the end of its message at byte ${end}`);
  }

  #inside(at: number, number: number, to: number, end: number): void {
    if (to <= end) return;
    if (to > this.size) {
      throw this.#truncated(at, `field ${number} reaches to byte ${to}; the file has ${this.size}`);
    }
    throw this.invalid(
      'ONNX_FIELD_END',
      at,
      `field ${number} reaches to byte ${to}; its message ends at ${end}`,
    );
  }

  #truncated(at: number, what: string): AssayError {
    return truncated({ file: this.file, at, fault: 'ONNX_TRUNCATED' }, what);
  }
}
