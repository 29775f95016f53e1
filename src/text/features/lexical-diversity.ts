/** Type–token ratio at which a factor is complete. */
const FACTOR = 0.72;
/** Words of a draw of HD-D. */
const DRAW = 42;

/**
 * Measure of textual lexical diversity: words per factor, a factor being a stretch whose type–token ratio falls below
 * 0.72; the rest at the end counts for the part of the way it went. Mean of both directions. Null where the ratio never
 * falls: such a text has no length at which it repeats. Values of fewer than 100 words vary much.
 * Source: McCarthy and Jarvis 2010, "MTLD, vocd-D, and HD-D" (Behavior Research Methods 42:381).
 */
export function mtld(ids: readonly number[]): number | null {
  const forward = factors(ids);
  const backward = factors(ids.toReversed());
  if (forward === 0 || backward === 0) return null;
  return (ids.length / forward + ids.length / backward) / 2;
}

function factors(ids: readonly number[]): number {
  const types = new Set<number>();
  let tokens = 0;
  let complete = 0;
  for (const id of ids) {
    types.add(id);
    tokens++;
    if (types.size / tokens < FACTOR) {
      complete++;
      types.clear();
      tokens = 0;
    }
  }
  const partial = tokens === 0 ? 0 : (1 - types.size / tokens) / (1 - FACTOR);
  return complete + partial;
}

/**
 * Expected type–token ratio of 42 words drawn without replacement: Σ over types of the chance that a draw holds the
 * type, over 42. Null for fewer than 42 words. Hardly depends on length.
 * Source: McCarthy and Jarvis 2007 and 2010; hypergeometric distribution.
 */
export function hdd(ids: readonly number[]): number | null {
  const n = ids.length;
  if (n < DRAW) return null;
  const counts = new Map<number, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  const typesWith = new Map<number, number>();
  for (const count of counts.values()) typesWith.set(count, (typesWith.get(count) ?? 0) + 1);
  let sum = 0;
  for (const [count, types] of typesWith) sum += types * (1 - chanceOfNone(n, count));
  return sum / DRAW;
}

/** Hypergeometric chance that none of `count` among n words is in the draw. */
function chanceOfNone(n: number, count: number): number {
  let chance = 1;
  for (let drawn = 0; drawn < DRAW; drawn++) chance *= Math.max(0, n - count - drawn) / (n - drawn);
  return chance;
}
