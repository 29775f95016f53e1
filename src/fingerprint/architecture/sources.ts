import type { Contradiction, Fact, FactSource } from '../../core/types.js';

/** What each source says of one fact. */
export type Sources<T extends number | boolean = number> = Partial<Record<FactSource, T | undefined>>;

/** Most to least trustworthy: what runs, what the operators declare, what the delivery says about itself. */
const ORDER: readonly FactSource[] = ['shapes', 'weights', 'graph', 'metadata', 'index', 'config'];

export function best<T extends number | boolean>(sources: Sources<T>): Fact<T> | null {
  for (const from of ORDER) {
    const value = sources[from];
    if (value !== undefined) return { value, from };
  }
  return null;
}

export function contradiction(fact: string, sources: Sources): Contradiction[] {
  const known = ORDER.flatMap((from): [string, number][] => {
    const value = sources[from];
    return value === undefined ? [] : [[from, value]];
  });
  const different = new Set(known.map(([, value]) => value)).size > 1;
  return different ? [{ fact, values: Object.fromEntries(known) }] : [];
}

/** One number that all agree on; values that differ, are no positive integers or are missing say nothing. */
export function agreed(found: readonly (number | string | undefined)[]): number | undefined {
  const values = new Set(found);
  const [only] = values;
  return values.size === 1 && typeof only === 'number' && Number.isSafeInteger(only) && only > 0
    ? only
    : undefined;
}
