import { isUtf8 } from 'node:buffer';
import type { AssayError } from '../../core/errors.js';
import { fileOverLimit, invalidFile, quoted, truncatedFile } from '../failure.js';
import type { JsonFault } from './faults.js';
import { MAX_DEPTH, MAX_NUMBER_BYTES, MAX_TEXT_BYTES } from './limits.js';
import { afterSpace, BACKSLASH, COLON, COMMA, escapeLength, isDigit, numberEnd, QUOTE } from './scan.js';
import { decodeUtf8, firstInvalidUtf8 } from './utf8.js';

export type JsonKind = 'array' | 'literal' | 'number' | 'object' | 'string';

const DAMAGED = 'The file is damaged or was edited by hand; download or export it again.';
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const LITERALS = [
  ['true', true],
  ['false', false],
  ['null', null],
] as const;

interface ReaderOptions {
  /** Byte of the file at which the text begins, when it is only a part of that file. */
  readonly base?: number | undefined;
  readonly maxDepth?: number | undefined;
}

/**
 * Strict RFC 8259 reader that hands out one value at a time: nothing is built that the caller does not keep, and every
 * value has a byte offset. Refusing duplicate keys is left to the caller, who holds the keys.
 */
export class JsonReader {
  readonly name: string;
  readonly #bytes: Uint8Array;
  /** The text when it is ASCII, and so indexed by byte, and not too long to have twice. */
  readonly #ascii: string | undefined;
  readonly #base: number;
  readonly #maxDepth: number;
  #at = 0;
  #depth = 0;

  /** Throws JSON_UTF8. */
  constructor(bytes: Uint8Array, name: string, { base = 0, maxDepth = MAX_DEPTH }: ReaderOptions = {}) {
    this.name = name;
    this.#bytes = bytes;
    this.#base = base;
    this.#maxDepth = maxDepth;
    const text = bytes.length <= MAX_TEXT_BYTES ? decodeUtf8(bytes) : undefined;
    if (text === undefined && !isUtf8(bytes)) {
      throw this.#invalid('JSON_UTF8', firstInvalidUtf8(bytes), 'the text is not UTF-8');
    }
    this.#ascii = text?.length === bytes.length ? text : undefined;
  }

  /** Byte of the file at which the next token begins. */
  get offset(): number {
    this.#at = afterSpace(this.#bytes, this.#at);
    return this.#base + this.#at;
  }

  /** Kind of the next value, judged by its first byte; `number` when that byte begins no value. */
  kind(): JsonKind {
    switch (this.#next()) {
      case 0x7b:
        return 'object';
      case 0x5b:
        return 'array';
      case QUOTE:
        return 'string';
      case 0x74:
      case 0x66:
      case 0x6e:
        return 'literal';
      default:
        return 'number';
    }
  }

  /** Visit the members in order. `visit` must read exactly one value; `at` is the byte of the key in the file. */
  object(visit: (key: string, at: number) => void): void {
    this.#enter(0x7b, 'an object');
    for (let more = !this.#closes(0x7d); more; more = this.#continues(0x7d, 'a comma or "}"')) {
      const at = this.offset;
      const key = this.string();
      if (this.#next() !== COLON) throw this.#unexpected('a colon');
      this.#at++;
      visit(key, at);
    }
    this.#depth--;
  }

  /** Visit the elements in order. `visit` must read exactly one value. */
  array(visit: () => void): void {
    this.#enter(0x5b, 'an array');
    for (let more = !this.#closes(0x5d); more; more = this.#continues(0x5d, 'a comma or "]"')) visit();
    this.#depth--;
  }

  string(): string {
    if (this.#next() !== QUOTE) throw this.#unexpected('a string');
    const bytes = this.#bytes;
    const start = this.#at + 1;
    for (let at = start; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) {
        this.#at = at + 1;
        return this.#slice(start, at);
      }
      if (byte === BACKSLASH) return this.#escaped(start, at);
      if (byte < 0x20) throw this.#control(at);
    }
    throw this.#ended('a string');
  }

  /** A number; an integer that a double cannot hold exactly comes as a bigint. */
  number(): number | bigint {
    const first = this.#next();
    if (!isDigit(first) && first !== 0x2d) throw this.#unexpected('a value');
    const start = this.#at;
    const text = this.#slice(start, this.#numberEnd());
    if (!NUMBER.test(text)) throw this.#malformed(start, text);
    this.#at += text.length;
    const value = Number(text);
    if (Number.isSafeInteger(value)) return value;
    if (!/[.eE]/.test(text)) return BigInt(text);
    if (Number.isFinite(value)) return value;
    throw this.#invalid('JSON_NUMBER', start, `the number ${text} is beyond what a double can hold`);
  }

  /** A whole number written in digits alone, or undefined with nothing read. */
  digits(): number | bigint | undefined {
    if (!isDigit(this.#next())) return undefined;
    const end = this.#numberEnd();
    let value = 0;
    for (let at = this.#at; at < end; at++) {
      const digit = (this.#bytes[at] as number) - 0x30;
      if (digit < 0 || digit > 9) return undefined;
      value = value * 10 + digit;
    }
    const padded = this.#bytes[this.#at] === 0x30 && end > this.#at + 1;
    if (padded || value > Number.MAX_SAFE_INTEGER) return this.number();
    this.#at = end;
    return value;
  }

  literal(): boolean | null {
    this.#next();
    for (const [text, value] of LITERALS) {
      if (this.#slice(this.#at, this.#at + text.length) !== text) continue;
      this.#at += text.length;
      return value;
    }
    throw this.#unexpected('a value');
  }

  /** The bytes behind what has been read. */
  rest(): Uint8Array {
    return this.#bytes.subarray(this.#at);
  }

  /** Check that nothing but white space is left. */
  end(): void {
    if (this.#next() === undefined) return;
    throw this.#invalid('JSON_TRAILING', this.#at, 'text follows the end of the JSON value');
  }

  /** Moves to the next token and returns its first byte. */
  #next(): number | undefined {
    const byte = this.#bytes[this.#at];
    if (byte !== undefined && byte > 0x20) return byte;
    this.#at = afterSpace(this.#bytes, this.#at);
    return this.#bytes[this.#at];
  }

  #enter(bracket: number, what: string): void {
    if (this.#next() !== bracket) throw this.#unexpected(what);
    if (++this.#depth > this.#maxDepth) {
      const place = { file: this.name, at: this.#base + this.#at, fault: 'JSON_DEPTH' } as const;
      throw fileOverLimit(place, `values are nested more than ${this.#maxDepth} levels deep`);
    }
    this.#at++;
  }

  #closes(bracket: number): boolean {
    if (this.#next() !== bracket) return false;
    this.#at++;
    return true;
  }

  #continues(bracket: number, expected: string): boolean {
    const byte = this.#next();
    if (byte !== COMMA && byte !== bracket) throw this.#unexpected(expected);
    this.#at++;
    return byte === COMMA;
  }

  /** The string from `start`, whose first backslash is at `from`. */
  #escaped(start: number, from: number): string {
    const bytes = this.#bytes;
    let at = from;
    while (at < bytes.length && bytes[at] !== QUOTE) {
      if ((bytes[at] as number) < 0x20) throw this.#control(at);
      const length = bytes[at] === BACKSLASH ? escapeLength(bytes, at) : 1;
      if (length === 0) {
        throw this.#invalid('JSON_STRING', at, 'a backslash starts no escape that JSON knows');
      }
      at += length;
    }
    if (at >= bytes.length) throw this.#ended('a string');
    const text = JSON.parse(`"${this.#slice(start, at)}"`) as string;
    // Half a surrogate pair cannot be written as UTF-8: programs differ in what they make of such a name.
    if (/\p{Surrogate}/u.test(text)) {
      throw this.#invalid('JSON_SURROGATE', start - 1, 'a string escapes half a surrogate pair');
    }
    this.#at = at + 1;
    return text;
  }

  #numberEnd(): number {
    const end = numberEnd(this.#bytes, this.#at, MAX_NUMBER_BYTES);
    if (end - this.#at <= MAX_NUMBER_BYTES) return end;
    const place = { file: this.name, at: this.#base + this.#at, fault: 'JSON_NUMBER_LIMIT' } as const;
    throw fileOverLimit(place, `a number has more than ${MAX_NUMBER_BYTES} characters`);
  }

  #slice(from: number, to: number): string {
    if (this.#ascii !== undefined) return this.#ascii.slice(from, to);
    return decodeUtf8(this.#bytes.subarray(from, to)) ?? '';
  }

  #malformed(at: number, text: string): AssayError {
    if (at + text.length === this.#bytes.length) return this.#ended('a number');
    return this.#invalid('JSON_NUMBER', at, `${quoted(text)} is not how JSON writes a number`);
  }

  #control(at: number): AssayError {
    return this.#invalid('JSON_STRING', at, 'a control character stands in a string unescaped');
  }

  #unexpected(expected: string): AssayError {
    if (this.#at >= this.#bytes.length) return this.#ended('the value');
    const found = this.#ascii?.[this.#at] ?? `the byte ${this.#bytes[this.#at]}`;
    return this.#invalid('JSON_SYNTAX', this.#at, `found ${quoted(found)}; expected ${expected}`);
  }

  #ended(inside: string): AssayError {
    const place = { file: this.name, at: this.#base + this.#bytes.length, fault: 'JSON_TRUNCATED' } as const;
    const what = `the JSON text ends inside ${inside}`;
    // A text inside a file ends where that file says, not where the file was cut.
    return this.#base > 0 ? invalidFile(place, what, DAMAGED) : truncatedFile(place, what);
  }

  #invalid(fault: JsonFault, at: number, what: string): AssayError {
    return invalidFile({ file: this.name, at: this.#base + at, fault }, what, DAMAGED);
  }
}
