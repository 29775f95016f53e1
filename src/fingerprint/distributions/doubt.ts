/** What two servers' counts of the tokens before a context say of their being the same. */
export type Counts = 'equal' | 'unknown' | 'different';

export function compareCounts(a: number | null, b: number | null): Counts {
  return a === null || b === null ? 'unknown' : a === b ? 'equal' : 'different';
}

/** The contexts with the surest counts, if there are enough of them; else those with the next surest as well. */
export function surest<T>(
  found: readonly (T & { readonly counts: Counts })[],
  enough: number,
): { readonly counts: Counts; readonly chosen: readonly T[] } {
  const order: readonly Counts[] = ['equal', 'unknown', 'different'];
  for (const counts of order) {
    const chosen = found.filter((item) => item.counts === counts);
    if (chosen.length >= enough) return { counts, chosen };
  }
  return { counts: 'different', chosen: found };
}
