import { AssayError } from '../core/errors.js';

/** Unicode code points of a text, at most `limit`. */
export function codePoints(text: string, limit: number): Uint32Array {
  const out = new Uint32Array(Math.min(limit, text.length));
  let used = 0;
  for (let at = 0; at < text.length && used < limit; used++) {
    const point = text.codePointAt(at) as number;
    out[used] = point;
    at += point > 0xffff ? 2 : 1;
  }
  return out.subarray(0, used);
}

/**
 * Hamming kernel of texts padded to `length` code points, as counts: how many of the places hold the same. Divided by
 * `length` it is normalised, every text being like itself at every place. Padding equals padding.
 * Source: Gao, Liang and Guestrin 2025, "Model Equality Testing" (arXiv 2410.20247), §3.
 *
 * @param rows code points, each at most `length`
 * @returns symmetric matrix, row-major
 * @throws AssayError `INTERNAL` when a row is longer than `length`.
 */
export function hammingCounts(rows: readonly Uint32Array[], length: number): Uint32Array {
  if (rows.some((row) => row.length > length)) {
    throw new AssayError('INTERNAL', `hammingCounts: expected at most ${length} code points a row.`);
  }
  const size = rows.length;
  const counts = new Uint32Array(size * size);
  for (let i = 0; i < size; i++) {
    counts[i * size + i] = length;
    for (let j = 0; j < i; j++) {
      const count = equalPlaces(rows[i] as Uint32Array, rows[j] as Uint32Array, length);
      counts[i * size + j] = count;
      counts[j * size + i] = count;
    }
  }
  return counts;
}

function equalPlaces(a: Uint32Array, b: Uint32Array, length: number): number {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  let equal = length - long.length;
  for (let k = 0; k < short.length; k++) if (short[k] === long[k]) equal++;
  return equal;
}
