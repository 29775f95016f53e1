import { AssayError } from '../core/errors.js';
import type { Rng } from '../core/rng.js';

/** Observations that may change sides with each other: the first `first` of `total` are one sample, the rest the other. */
export interface Stratum {
  readonly total: number;
  readonly first: number;
}

export interface PermutationOptions {
  readonly rng: Rng;
  /** 10,000 by default: the smallest p is then 1e-4. */
  readonly permutations?: number;
}

export interface PermutationTest {
  readonly statistic: number;
  readonly p: number;
}

/** Statistics nearer to each other than this are ties: they differ by rounding. */
const TIE = 1e-12;

/**
 * Two-sample permutation test in which labels move within strata only, so that samples may hold different numbers of a
 * stratum's observations. p = (1 + #{T* ≥ T}) / (1 + B): valid at every B, and never 0.
 * Source: Phipson and Smyth 2010 (Stat. Appl. Genet. Mol. Biol. 9:39).
 *
 * @param statistic given, per stratum, an order of its observations: the first ones are the first sample. Large values
 * speak against equality. The arrays are reused.
 * @throws AssayError `INTERNAL` on a stratum that is no split, or fewer than one permutation.
 */
export function stratifiedPermutation(
  strata: readonly Stratum[],
  statistic: (orders: readonly Uint32Array[]) => number,
  { rng, permutations = 10_000 }: PermutationOptions,
): PermutationTest {
  const split = strata.every(
    ({ total, first }) => Number.isInteger(total) && Number.isInteger(first) && first >= 0 && first <= total,
  );
  if (!split || !(permutations >= 1)) {
    throw new AssayError('INTERNAL', `stratifiedPermutation: no test with ${permutations} permutations.`);
  }
  const orders = strata.map(({ total }) => Uint32Array.from({ length: total }, (_, i) => i));
  const observed = statistic(orders);
  const threshold = observed - TIE * Math.max(1, Math.abs(observed));
  let atLeast = 0;
  for (let b = 0; b < permutations; b++) {
    for (const [s, order] of orders.entries()) redraw(order, (strata[s] as Stratum).first, rng);
    if (statistic(orders) >= threshold) atLeast++;
  }
  return { statistic: observed, p: (1 + atLeast) / (1 + permutations) };
}

/** Which observations come first is drawn anew; the smaller side is drawn, the other is what remains. */
function redraw(order: Uint32Array, first: number, rng: Rng): void {
  const { length } = order;
  const fromEnd = first > length - first;
  const draws = fromEnd ? length - first : first;
  for (let k = 0; k < draws; k++) {
    const at = fromEnd ? length - 1 - k : k;
    const other = Math.floor(rng() * (length - k)) + (fromEnd ? 0 : k);
    const held = order[at] as number;
    order[at] = order[other] as number;
    order[other] = held;
  }
}
