import type { ReplyToken, TokenStack } from '../../core/types.js';

/** How one tokenizer sees tokens that a server reports. */
export interface SpellingReading {
  /** Places where tokens end outside of numbers, for the server or for this tokenizer. */
  readonly ends: number;
  /** Of those, places where only one of the two has an end. */
  readonly differing: number;
  /** Tokens reported with an id. */
  readonly ids: number;
  /** Of those, tokens whose id is another text in this vocabulary. */
  readonly otherText: number;
}

/** Markup is no text of a vocabulary's ordinary tokens, and what is not UTF-8 by itself arrives damaged as text. */
const MARKUP = /^<\/?think>$|^<[|｜].*[|｜]>$/u;
const DAMAGED = /\uFFFD/u;
/** Shorter stretches between markup begin and end within what a tokenizer would take together. */
const LEAST_TOKENS = 8;

interface Spelled {
  readonly bytes: Uint8Array;
  readonly id: number | null;
}

const encoder = new TextEncoder();
const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 48 && byte <= 57;

/** Stretches of tokens whose bytes are known and join to valid UTF-8. */
export function stretchesOf(tokens: readonly ReplyToken[]): Spelled[][] {
  const stretches: Spelled[][] = [[]];
  for (const { text, bytes, id } of tokens) {
    if (MARKUP.test(text) || (bytes === null && DAMAGED.test(text))) stretches.push([]);
    else if (text !== '' || (bytes?.length ?? 0) > 0)
      stretches.at(-1)?.push({ bytes: bytes === null ? encoder.encode(text) : Uint8Array.from(bytes), id });
  }
  return stretches.filter((stretch) => stretch.length >= LEAST_TOKENS && textOf(stretch) !== null);
}

/** Compare reported tokens with a tokenizer's, by where they end and, where ids are given, by vocabulary. */
export function readSpelling(tokens: readonly ReplyToken[], stack: TokenStack): SpellingReading {
  const reading = { ends: 0, differing: 0, ids: 0, otherText: 0 };
  for (const stretch of stretchesOf(tokens)) {
    const text = encoder.encode(textOf(stretch) ?? '');
    // A model may spell a number out though its tokenizer groups digits.
    const counted = (end: number): boolean => !(isDigit(text[end - 1]) && isDigit(text[end]));
    const theirs = endsOf(stretch).filter(counted);
    const ours = new Set([...stack.ends(textOf(stretch) ?? '')].filter(counted));
    const both = theirs.filter((end) => ours.has(end)).length;
    reading.ends += theirs.length + ours.size - both;
    reading.differing += theirs.length + ours.size - 2 * both;
    for (const { bytes, id } of stretch) {
      if (id === null) continue;
      reading.ids++;
      if (!same(bytes, stack.bytes(id))) reading.otherText++;
    }
  }
  return reading;
}

function textOf(stretch: readonly Spelled[]): string | null {
  const joined = new Uint8Array(stretch.reduce((sum, { bytes }) => sum + bytes.length, 0));
  let at = 0;
  for (const { bytes } of stretch) {
    joined.set(bytes, at);
    at += bytes.length;
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(joined);
    // Normal form would move the ends of a tokenizer that normalizes.
    return text.normalize('NFC') === text ? text : null;
  } catch {
    return null;
  }
}

function endsOf(stretch: readonly Spelled[]): number[] {
  let at = 0;
  return stretch.map(({ bytes }) => {
    at += bytes.length;
    return at;
  });
}

function same(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((byte, i) => byte === b[i]);
}
