import { overLimit } from './failure.js';
import { MAX_CONTAINERS, MAX_DEPTH, MAX_VALUES } from './limits.js';
import type { Json } from './values.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

/** Parse the JSON of an event; undefined where it is none. Throws ENDPOINT_LIMIT before a hostile text is parsed. */
export function parseEvent(source: string): { readonly value: Json; readonly repaired: boolean } | undefined {
  checkShape(source);
  try {
    return { value: JSON.parse(source) as Json, repaired: false };
  } catch {
    const repaired = escapeControls(source);
    if (repaired === source) return undefined;
    try {
      return { value: JSON.parse(repaired) as Json, repaired: true };
    } catch {
      return undefined;
    }
  }
}

/** Some servers write NUL, ESC and the like into strings as they are; JSON wants them escaped. */
function escapeControls(source: string): string {
  return source.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    /[\0-\x08\x0b\x0c\x0e-\x1f]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** `JSON.parse` has no limits of its own: 4 MB of brackets would become 200 MB of arrays. */
function checkShape(source: string): void {
  let depth = 0;
  let containers = 0;
  let values = 0;
  for (let at = 0; at < source.length; at++) {
    const code = source.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(source, at);
    else if (code === COMMA) {
      if (++values > MAX_VALUES)
        throw overLimit('CHAT_VALUES', `holds more than ${MAX_VALUES} values in one event`);
    }
    // `{` and `[`, `}` and `]` differ in one bit.
    else if ((code | 0x20) === 0x7b) {
      if (++depth > MAX_DEPTH) throw overLimit('CHAT_DEPTH', `nests deeper than ${MAX_DEPTH} levels`);
      if (++containers > MAX_CONTAINERS)
        throw overLimit(
          'CHAT_CONTAINERS',
          `holds more than ${MAX_CONTAINERS} objects and arrays in one event`,
        );
    } else if ((code | 0x20) === 0x7d) depth--;
  }
}

function stringEnd(source: string, open: number): number {
  let close = source.indexOf('"', open + 1);
  while (close >= 0) {
    let slashes = 0;
    while (source.charCodeAt(close - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return close;
    close = source.indexOf('"', close + 1);
  }
  return source.length;
}
