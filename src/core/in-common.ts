/** Those of `items` whose id is among those of `others`; `items` itself where all are. */
export function inCommon<T extends { readonly id: string }>(
  items: readonly T[],
  others: readonly { readonly id: string }[],
): readonly T[] {
  const ids = new Set(others.map(({ id }) => id));
  return items.every(({ id }) => ids.has(id)) ? items : items.filter(({ id }) => ids.has(id));
}
