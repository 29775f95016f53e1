import { AssayError } from '../core/errors.js';
import type { Rng } from '../core/rng.js';
import { dipOfSorted } from './dip.js';

/** Smallest p is about 1/2,000; at p = 0.05 its standard error is 0.005. */
const REPLICATES = 2000;

/**
 * Chance that `n` uniform numbers have at least this dip: (1 + exceedances) / (1 + replicates), so it is never 0
 * (Davison and Hinkley 1997, §4.2). The uniform is the least favourable unimodal distribution in the limit (Hartigan
 * and Hartigan 1985, §4), so for others, and for values with ties, p is too large rather than too small.
 *
 * @throws AssayError `INTERNAL` when n is not a positive integer.
 */
export function dipP(statistic: number, n: number, rng: Rng, replicates = REPLICATES): number {
  if (!Number.isInteger(n) || n < 1) {
    throw new AssayError('INTERNAL', `dipP: expected a positive number of values, got ${n}.`);
  }
  const sample = new Float64Array(n);
  let exceeding = 0;
  for (let replicate = 0; replicate < replicates; replicate++) {
    for (let i = 0; i < n; i++) sample[i] = rng();
    if (dipOfSorted(sample.sort()) >= statistic) exceeding++;
  }
  return (1 + exceeding) / (1 + replicates);
}
