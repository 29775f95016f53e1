import { AssayError } from '../core/errors.js';

/**
 * Unique n-grams over all n-grams of a token sequence (distinct-n of Li et al. 2016, §5); a fraction in
 * (0, 1], or null when the sequence is shorter than n.
 *
 * @throws AssayError `INTERNAL` when n is not a positive integer.
 * @example
 * ngramDiversity([5, 6, 5, 6, 5], 2); // => 0.5
 * ngramDiversity([5], 2); // => null
 */
export function ngramDiversity(ids: readonly number[], n: number): number | null {
  if (!Number.isInteger(n) || n < 1) {
    throw new AssayError('INTERNAL', `ngramDiversity: n must be a positive integer, got ${n}.`);
  }
  const total = ids.length - n + 1;
  if (total < 1) return null;
  const unique = new Set<string>();
  for (let start = 0; start < total; start++) unique.add(ids.slice(start, start + n).join());
  return unique.size / total;
}
