const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a with a final mix: the low bits alone choose the slot. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = FNV_OFFSET;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] as number), FNV_PRIME);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** Token table at most half full. Of tokens with the same text the first id is found. */
export function buildTable(text: Uint8Array, starts: Uint32Array): Int32Array {
  const count = starts.length - 1;
  let size = 16;
  while (size < 2 * count) size *= 2;
  const table = new Int32Array(size);
  for (let id = 0; id < count; id++) {
    const from = starts[id] as number;
    const to = starts[id + 1] as number;
    if (from === to) continue;
    let slot = hashOf(text, from, to) & (size - 1);
    while (table[slot] !== 0 && !isToken(text, starts, (table[slot] as number) - 1, text, from, to))
      slot = (slot + 1) & (size - 1);
    if (table[slot] === 0) table[slot] = id + 1;
  }
  return table;
}

interface Tokens {
  readonly text: Uint8Array;
  readonly starts: Uint32Array;
  readonly table: Int32Array;
}

/** Id of the token whose text is `bytes[from..to)`, or -1. */
export function findToken(
  { text, starts, table }: Tokens,
  bytes: Uint8Array,
  from: number,
  to: number,
): number {
  const mask = table.length - 1;
  for (let slot = hashOf(bytes, from, to) & mask; ; slot = (slot + 1) & mask) {
    const id = (table[slot] as number) - 1;
    if (id < 0) return -1;
    if (isToken(text, starts, id, bytes, from, to)) return id;
  }
}

function isToken(
  text: Uint8Array,
  starts: Uint32Array,
  id: number,
  bytes: Uint8Array,
  from: number,
  to: number,
): boolean {
  let own = starts[id] as number;
  if ((starts[id + 1] as number) - own !== to - from) return false;
  for (let at = from; at < to; at++, own++) if (text[own] !== bytes[at]) return false;
  return true;
}
