import type { TokenStack } from '../../core/types.js';
import { mergePiece } from './merge.js';
import { specialCutter } from './specials.js';
import { splitterOf } from './split.js';
import type { Vocabulary } from './types.js';

const encoder = new TextEncoder();

/** The tokenizer a vocabulary describes. Lone surrogates count as U+FFFD, as in the UTF-8 a server receives. */
export function stackOf(vocabulary: Vocabulary): TokenStack {
  const { header, text: tokens, starts } = vocabulary;
  const split = splitterOf(header.split);
  const cut = specialCutter(header.specials.map(([, text]) => text));
  const specials = new Map(header.specials.map(([id, text]) => [id, encoder.encode(text)]));
  const prepared = (text: string): string => {
    const plain = wellFormed(text);
    return header.normalization === null ? plain : plain.normalize(header.normalization);
  };
  const walk = (text: string, emit: (end: number) => void): void => {
    const plain = prepared(text);
    const bytes = encoder.encode(plain);
    let unit = 0;
    let from = 0;
    for (const end of split(plain)) {
      const to = from + utf8Length(plain, unit, end);
      mergePiece(vocabulary, bytes, from, to, emit);
      unit = end;
      from = to;
    }
  };
  const count = (text: string): number => {
    let total = 0;
    walk(text, () => {
      total++;
    });
    return total;
  };
  return {
    id: header.id,
    count,
    countSpecial: (text) =>
      cut(wellFormed(text)).reduce((sum, part) => sum + (part.special ? 1 : count(part.text)), 0),
    ends: (text) => {
      const ends: number[] = [];
      walk(text, (end) => ends.push(end));
      return Uint32Array.from(ends);
    },
    bytes: (id) => {
      const special = specials.get(id);
      if (special !== undefined) return special;
      const from = starts[id];
      const to = starts[id + 1];
      return from === undefined || to === undefined || from === to ? undefined : tokens.slice(from, to);
    },
    words: (from, to) => wordsOf(vocabulary, from, to),
  };
}

function utf8Length(text: string, from: number, to: number): number {
  let bytes = 0;
  for (let at = from; at < to; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    // The two halves of a pair share its four bytes.
    else bytes += unit >= 0xd800 && unit < 0xe000 ? 2 : 3;
  }
  return bytes;
}

const SPACE = 0x20;
const isLetter = (byte: number): boolean => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;

function wordsOf({ text, starts }: Vocabulary, from: number, to: number): number[] {
  const ids: number[] = [];
  for (let id = Math.max(0, from); id < Math.min(to, starts.length - 1); id++) {
    const token = text.subarray(starts[id], starts[id + 1]);
    const word = token[0] === SPACE ? token.subarray(1) : token;
    if (word.length > 0 && word.every(isLetter)) ids.push(id);
  }
  return ids;
}

function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}
