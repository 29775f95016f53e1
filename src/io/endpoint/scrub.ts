import { Buffer } from 'node:buffer';

/** Removes a key from what a server said, in case the server repeats it. */
export interface Scrubber {
  /** For messages: every spelling of the key, and long parts of it, become `[key]`. */
  message(text: string): string;
  /** For a model's text: the key becomes as many asterisks, so that lengths stay; null when it is not in there. */
  masked(text: string): string | null;
}

/** What local servers are given in place of a key: words of ordinary texts, and no secrets. */
const PLACEHOLDERS: ReadonlySet<string> = new Set(
  ['empty', 'none', 'null', 'dummy', 'test', 'ollama', 'local', 'key', 'no-key', 'not-needed', 'x'].flatMap(
    (word) => [word, `sk-${word}`],
  ),
);
/** Shorter parts of a key occur in any text. */
const MIN_PART = 8;

export function keyScrubber(key: string | undefined): Scrubber {
  if (key === undefined || PLACEHOLDERS.has(key.toLowerCase()))
    return { message: (text) => text, masked: () => null };
  const spellings = spellingsOf(key);
  return {
    message: (text) => {
      let clean = text;
      for (const spelling of [...spellings, ...partsOf(key, text)])
        clean = clean.replaceAll(spelling, '[key]');
      return clean;
    },
    masked: (text) => {
      if (!spellings.some((spelling) => text.includes(spelling))) return null;
      let clean = text;
      for (const spelling of spellings) clean = clean.replaceAll(spelling, '*'.repeat(spelling.length));
      return clean;
    },
  };
}

function spellingsOf(key: string): string[] {
  const base64 = Buffer.from(key).toString('base64');
  const all = [
    key,
    encodeURIComponent(key),
    base64,
    base64.replace(/=+$/, ''),
    Buffer.from(key).toString('hex'),
  ];
  return [...new Set([...all, JSON.stringify(key).slice(1, -1), key.split('').reverse().join('')])].sort(
    (a, b) => b.length - a.length,
  );
}

/** Beginnings and ends of the key in a text, longest first: some servers show the ends of a refused key. */
function partsOf(key: string, text: string): string[] {
  const found: string[] = [];
  for (let length = key.length - 1; length >= MIN_PART; length--) {
    for (const part of [key.slice(0, length), key.slice(-length)]) if (text.includes(part)) found.push(part);
  }
  return found;
}
