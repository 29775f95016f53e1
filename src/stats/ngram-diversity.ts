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
  return ngramDiversities(ids, n)[n - 1] ?? null;
}

/**
 * `ngramDiversity` of every length from 1 to `longest`. An n-gram is named by its first n − 1 tokens, already numbered,
 * and its last, which costs one look-up each instead of a text to build and hash.
 */
export function ngramDiversities(ids: readonly number[], longest: number): (number | null)[] {
  if (!Number.isInteger(longest) || longest < 1) {
    throw new AssayError('INTERNAL', `ngramDiversity: n must be a positive integer, got ${longest}.`);
  }
  const { numbers: tokens, unique } = numbered(ids);
  const found: (number | null)[] = [ids.length === 0 ? null : unique / ids.length];
  let grams = tokens;
  for (let n = 2; n <= longest; n++) {
    const total = ids.length - n + 1;
    if (total < 1) {
      found.push(null);
      continue;
    }
    const pairs = new Float64Array(total);
    for (let i = 0; i < total; i++) pairs[i] = (grams[i] as number) * unique + (tokens[i + n - 1] as number);
    const longer = numbered(pairs);
    grams = longer.numbers;
    found.push(longer.unique / total);
  }
  return found;
}

function numbered(values: ArrayLike<number>): { numbers: Int32Array; unique: number } {
  const known = new Map<number, number>();
  const numbers = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    let number = known.get(value);
    if (number === undefined) {
      number = known.size;
      known.set(value, number);
    }
    numbers[i] = number;
  }
  return { numbers, unique: known.size };
}
