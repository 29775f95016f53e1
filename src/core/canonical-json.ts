/** Significant digits kept for non-integers: below double precision, so a last-bit difference between machines vanishes. */
const DIGITS = 12;

function canonical(value: unknown): unknown {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return null;
    return Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS));
  }
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value === 'object' && value !== null) {
    const source = value as Record<string, unknown>;
    const sorted = Object.keys(source)
      .filter((key) => source[key] !== undefined)
      .sort();
    return Object.fromEntries(sorted.map((key) => [key, canonical(source[key])]));
  }
  return value;
}

/**
 * One value, one text: keys sorted by code unit, undefined dropped, numbers at 12 significant digits,
 * non-finite numbers as null, two-space indentation and a final newline.
 */
export function canonicalJson(value: unknown): string {
  return `${JSON.stringify(canonical(value), null, 1)}\n`;
}
