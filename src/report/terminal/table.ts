import { fitText, textWidth } from './columns.js';

const GAP = 2;

/** Take cells from the widest column until the row fits; no column becomes narrower than `least`. */
function shrink(natural: readonly number[], available: number, least: number): readonly number[] {
  const widths = [...natural];
  for (;;) {
    const widest = Math.max(...widths);
    if (widths.reduce((sum, width) => sum + width, 0) <= available || widest <= least) return widths;
    widths[widths.indexOf(widest)] = widest - 1;
  }
}

/** Column widths for rows of cleaned text in `width` cells; missing trailing cells do not count. */
export function columnWidths(rows: readonly (readonly string[])[], width: number): readonly number[] {
  const columns = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const natural = Array.from({ length: columns }, (_, column) =>
    rows.reduce((most, row) => Math.max(most, textWidth(row[column] ?? '')), 0),
  );
  return shrink(natural, width - GAP * Math.max(0, columns - 1), 6);
}

export function tableRow(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, column) => fitText(cell, widths[column] ?? 0))
    .join(' '.repeat(GAP))
    .trimEnd();
}
