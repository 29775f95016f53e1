/**
 * ln P of a sequence under a Pólya urn, the marginal likelihood of a Dirichlet process (Blackwell and MacQueen 1973,
 * "Ferguson distributions via Pólya urn schemes", Ann. Stat. 1, 353–355): value n+1 is an earlier value v with
 * probability (count of v + α·base(v)) / (n + α), and so on. A small `concentration` α expects few distinct values.
 * The order of the values does not matter. An empty sequence gives 0.
 *
 * @example
 * logPolyaUrn([5, 5, 7], 1, () => Math.log(0.1)); // => ln(0.1 · 1.1/2 · 0.1/3)
 */
export function logPolyaUrn(
  values: readonly number[],
  concentration: number,
  logBase: (value: number) => number,
): number {
  const counts = new Map<number, number>();
  let total = 0;
  for (const [seen, value] of values.entries()) {
    const earlier = counts.get(value) ?? 0;
    total += Math.log((earlier + concentration * Math.exp(logBase(value))) / (seen + concentration));
    counts.set(value, earlier + 1);
  }
  return total;
}
