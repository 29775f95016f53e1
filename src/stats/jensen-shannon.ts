/**
 * Jensen–Shannon divergence between two count vectors over the same outcomes, in bits: 0 to 1.
 * Source: Lin 1991 (IEEE Trans. Inf. Theory 37:145). Null where one side has no counts.
 *
 * @example jensenShannon([1, 1], [2, 0]); // => 0.31127812445913283
 */
export function jensenShannon(a: ArrayLike<number>, b: ArrayLike<number>): number | null {
  const totalA = sum(a);
  const totalB = sum(b);
  if (totalA === 0 || totalB === 0) return null;
  let bits = 0;
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const p = (a[i] ?? 0) / totalA;
    const q = (b[i] ?? 0) / totalB;
    const middle = (p + q) / 2;
    if (p > 0) bits += (p / 2) * Math.log2(p / middle);
    if (q > 0) bits += (q / 2) * Math.log2(q / middle);
  }
  return Math.min(1, Math.max(0, bits));
}

function sum(counts: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i] as number;
  return total;
}
