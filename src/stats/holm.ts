/**
 * Holm's step-down adjustment (Holm 1979) of natural-log p-values, in the given order: the k-th smallest of n is
 * multiplied by n − k + 1, and none may fall below a smaller one's. Rejecting where the adjusted p is ≤ α keeps the
 * chance of any false rejection at α, whatever the tests' dependence.
 *
 * @example
 * holm([Math.log(0.01), Math.log(0.04), Math.log(0.03)]).map(Math.exp); // => [0.03, 0.06, 0.06]
 */
export function holm(logPs: readonly number[]): number[] {
  const order = [...logPs.keys()].sort((a, b) => (logPs[a] ?? 0) - (logPs[b] ?? 0));
  const adjusted = new Array<number>(logPs.length).fill(0);
  let largest = Number.NEGATIVE_INFINITY;
  for (const [rank, index] of order.entries()) {
    largest = Math.max(largest, Math.min(0, (logPs[index] ?? 0) + Math.log(logPs.length - rank)));
    adjusted[index] = largest;
  }
  return adjusted;
}
