import type { WeightMatrix } from '../core/types.js';

/**
 * DeepSeek's kv_b projection, [heads · (nope + value), rank], from the halves llama.cpp keeps: keys of each head
 * transposed, [heads, rank, nope], and values [heads, value, rank].
 */
export function joinedKeyValue(
  keys: WeightMatrix | null,
  values: WeightMatrix | null,
  heads: number | undefined,
): WeightMatrix | null {
  if (!keys || !values || !heads) return null;
  const rank = values.columns;
  const nope = keys.columns;
  const value = values.rows / heads;
  if (keys.rows !== heads * rank || !Number.isInteger(value)) return null;
  const perHead = nope + value;
  const readHead = async (head: number): Promise<Float32Array> => {
    const out = new Float32Array(perHead * rank);
    const key = await keys.read(head * rank, rank);
    for (let at = 0; at < rank; at++)
      for (let row = 0; row < nope; row++) out[row * rank + at] = key[at * nope + row] ?? 0;
    out.set(await values.read(head * value, value), nope * rank);
    return out;
  };
  return {
    rows: heads * perHead,
    columns: rank,
    read: async (from, count) => {
      const out = new Float32Array(count * rank);
      for (let head = Math.floor(from / perHead); head * perHead < from + count; head++) {
        const begin = Math.max(from, head * perHead);
        const end = Math.min(from + count, (head + 1) * perHead);
        const whole = await readHead(head);
        const first = (begin - head * perHead) * rank;
        out.set(whole.subarray(first, first + (end - begin) * rank), (begin - from) * rank);
      }
      return out;
    },
  };
}
