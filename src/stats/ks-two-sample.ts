import { AssayError } from '../core/errors.js';
import { kolmogorovUpperTail } from './kolmogorov.js';
import type { KolmogorovSmirnov } from './ks-uniform.js';

/** Cells of the lattice that are walked for an exact p: a few milliseconds. */
const EXACT_CELLS = 1_000_000;
/** Two steps of the distribution functions that differ by rounding only are equal. */
const ROUNDING = 1e-12;

/**
 * Two-sample Kolmogorov–Smirnov test, two-sided. Among values without ties p is exact: the share of orders of the pooled
 * sample that part as far (Hodges 1958, Ark. Mat. 3:469). Ties make it conservative. Beyond 10⁶ pairs the limit is used.
 * p agrees with scipy.stats.ks_2samp(method="exact") to 1e-10.
 *
 * @throws AssayError `INTERNAL` when a sample is empty or holds a value that is not finite.
 * @example ksTwoSample([1, 2, 3], [4, 5, 6]); // => { statistic: 1, p: 0.1 }
 */
export function ksTwoSample(a: readonly number[], b: readonly number[]): KolmogorovSmirnov {
  if (a.length === 0 || b.length === 0 || ![...a, ...b].every(Number.isFinite)) {
    throw new AssayError('INTERNAL', 'ksTwoSample: expected two samples of finite values.');
  }
  const statistic = largestGap(
    a.toSorted((x, y) => x - y),
    b.toSorted((x, y) => x - y),
  );
  const p =
    a.length * b.length <= EXACT_CELLS
      ? exactUpperTail(a.length, b.length, statistic)
      : kolmogorovUpperTail(Math.sqrt((a.length * b.length) / (a.length + b.length)) * statistic);
  return { statistic, p };
}

function largestGap(x: readonly number[], y: readonly number[]): number {
  let gap = 0;
  for (let i = 0, j = 0; i < x.length && j < y.length; ) {
    const value = Math.min(x[i] as number, y[j] as number);
    while (i < x.length && x[i] === value) i++;
    while (j < y.length && y[j] === value) j++;
    gap = Math.max(gap, Math.abs(i / x.length - j / y.length));
  }
  return gap;
}

/** Chance that a random path from (0, 0) to (n, m) touches the bound; summed directly, so small ones keep their digits. */
function exactUpperTail(n: number, m: number, statistic: number): number {
  const beyond = (i: number, j: number): boolean => Math.abs(i / n - j / m) >= statistic - ROUNDING;
  let row = new Float64Array(m + 1);
  for (let i = 0; i <= n; i++) {
    const next = new Float64Array(m + 1);
    for (let j = 0; j <= m; j++) {
      if (beyond(i, j)) next[j] = 1;
      else if (i + j > 0)
        next[j] = (i * (row[j] as number) + j * (j > 0 ? (next[j - 1] as number) : 0)) / (i + j);
    }
    row = next;
  }
  return Math.min(1, row[m] as number);
}
