import type { GgufCursor } from './cursor.js';
import type { GgufFault } from './fault.js';
import { MAX_KEY_BYTES } from './limits.js';

// Two names that differ in bytes must not become equal by replacement characters, hence fatal.
const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const LENIENT = new TextDecoder('utf-8', { ignoreBOM: true });

interface NameRule {
  readonly what: string;
  /** Bytes that programs have room for, where that is less than the format allows. */
  readonly room?: number;
  readonly length: GgufFault;
  readonly text: GgufFault;
}

/**
 * A key or tensor name. C programs end it at a zero byte and others do not, so that one file would have two readings:
 * zeros are refused like broken UTF-8.
 */
export async function readName(cursor: GgufCursor, rule: NameRule): Promise<string> {
  const at = cursor.position;
  const { what, room = MAX_KEY_BYTES, length: fault } = rule;
  const length = await cursor.count({ fault, what: `bytes of a ${what}`, limit: MAX_KEY_BYTES, unit: 1 });
  if (length > room) {
    const hint =
      'llama.cpp loads no such file; some programs for image models do. Expected a language model.';
    throw cursor.invalid(fault, at, `a ${what} has ${length} bytes; expected at most ${room}`, hint);
  }
  const bytes = bytesOf(await cursor.take(length));
  const text = decoded(bytes);
  if (text === null) throw cursor.invalid(rule.text, at, `a ${what} is not UTF-8`);
  if (bytes.includes(0)) throw cursor.invalid(rule.text, at, `a ${what} holds a zero byte`);
  cursor.charge(2 * length, at);
  return text;
}

/** Text of a value, and whether all of it was UTF-8: published values are not always. */
export function valueText(view: DataView): { readonly text: string; readonly valid: boolean } {
  const bytes = bytesOf(view);
  const text = decoded(bytes);
  return text === null ? { text: LENIENT.decode(bytes), valid: false } : { text, valid: true };
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return STRICT.decode(bytes);
  } catch {
    return null;
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: DataView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
