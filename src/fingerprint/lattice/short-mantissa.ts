import type { Window } from './windows.js';

/** BF16 moves a product by up to 2^-8 of itself, 0.0056 as binary logarithm, and the tried factor is off by 0.0005. */
const TOLERANCE = 0.007;
/** Scales tried per binade; neighbours are a seventh of the tolerance apart. */
const SCALES = 1024;

/**
 * Share of a window that is a common factor times floats with `bits` bits of fraction, at the best factor. Continuous
 * weights match 2^(bits+1) times the tolerance, 11 % of them for the three bits of E4M3, plus the luck of few numbers.
 */
export function shortMantissas({ values }: Window, bits: number): number {
  const counts = new Uint16Array(SCALES);
  const reach = Math.floor(TOLERANCE * SCALES);
  for (const value of values) {
    const position = Math.log2(Math.abs(value));
    const seen = new Set<number>();
    for (let fraction = 0; fraction < 2 ** bits; fraction++) {
      const factor = position - Math.log2(1 + fraction / 2 ** bits);
      const at = Math.round((factor - Math.floor(factor)) * SCALES);
      for (let near = at - reach; near <= at + reach; near++) seen.add((near + SCALES) % SCALES);
    }
    for (const at of seen) counts[at] = (counts[at] as number) + 1;
  }
  return Math.max(...counts) / values.length;
}
