import { mean } from './samples.js';

export interface Grid {
  readonly rows: readonly (readonly number[])[];
  readonly columns: number;
  /** Rows and columns of the original that one cell averages. */
  readonly block: { readonly rows: number; readonly columns: number };
}

function blockMean(rows: readonly (readonly number[])[], from: number, size: number): number {
  return mean(rows.flatMap((row) => row.slice(from, from + size)).filter((value) => Number.isFinite(value)));
}

/** At most `side` cells across and `height` down, by averaging neighbours; rows may differ in length. */
export function toGrid(rows: readonly (readonly number[])[], side: number, height = side): Grid {
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const block = { rows: Math.ceil(rows.length / height) || 1, columns: Math.ceil(width / side) || 1 };
  if (block.rows === 1 && block.columns === 1) return { rows, columns: width, block };
  const columns = Math.ceil(width / block.columns);
  const merged = Array.from({ length: Math.ceil(rows.length / block.rows) }, (_, row) => {
    const group = rows.slice(row * block.rows, (row + 1) * block.rows);
    return Array.from({ length: columns }, (__, column) =>
      blockMean(group, column * block.columns, block.columns),
    );
  });
  return { rows: merged, columns, block };
}

export type Range = readonly [low: number, high: number];

/** Smallest and largest finite value; null when there is none. */
export function rangeOf(rows: readonly (readonly number[])[]): Range | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    for (const value of row) {
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return low <= high ? [low, high] : null;
}

/** Where in a range a value lies, 0 to 1; null when it is not finite, a half when the range is one point. */
export function shareOf(value: number, [low, high]: Range): number | null {
  if (!Number.isFinite(value)) return null;
  if (high <= low) return 0.5;
  // The distance between two finite numbers may not be finite.
  const by = Number.isFinite(high - low) ? 1 : 0.5;
  return Math.max(0, Math.min(1, (value * by - low * by) / (high * by - low * by)));
}
