import type { FactValue, ReferenceProfile } from '../core/types.js';

/** Facts that releases of one shape may state differently. */
const NOT_SHAPE = new Set(['family', 'maxPositions']);
/** Fewer facts in common than this and equality says nothing. */
const MIN_COMMON = 4;

/**
 * Public versions that state every shape of the claimed one, whatever kind they are: no header tells them apart.
 * Measured versions are told apart by what was measured, and are not asked.
 */
export function twinsOf({ variants }: ReferenceProfile, claim: string): string[] {
  const own = variants[claim];
  if (!own || own.runs.length > 0) return [];
  return Object.entries(variants)
    .filter(([id, { facts }]) => id !== claim && sameShape(own.facts, facts))
    .map(([id]) => id);
}

/** Versions that share the claimed one's tokenizer and no measurement tells apart: token counts cannot separate them. */
export function tokenizerTwinsOf({ variants }: ReferenceProfile, claim: string): string[] {
  const own = variants[claim];
  if (own?.tokenStack === undefined || own.runs.length > 0) return [];
  return Object.entries(variants)
    .filter(([id, { tokenStack }]) => id !== claim && tokenStack === own.tokenStack)
    .map(([id]) => id);
}

type Facts = Readonly<Record<string, FactValue>>;

function sameShape(a: Facts, b: Facts): boolean {
  const common = Object.keys(a).filter((name) => b[name] !== undefined && !NOT_SHAPE.has(name));
  return common.length >= MIN_COMMON && common.every((name) => a[name] === b[name]);
}
