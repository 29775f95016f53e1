import { type Grid, rangeOf, toGrid } from '../grid.js';
import { mean } from '../samples.js';
import type { Paint } from '../terminal/ansi.js';
import { fitText, textWidth } from '../terminal/columns.js';
import { type ColorDepth, cellNumber, type Ink, inkFor } from './cells.js';

type Rows = readonly (readonly number[])[];

export interface HeatmapOptions {
  readonly width: number;
  readonly depth: ColorDepth;
  readonly paint: Paint;
}

/** What stands to the left of the cells: one cleaned text per column, the first row being the heading. */
export type Margin = readonly (readonly string[])[];

const GAP = 2;

interface Layout {
  /** Cells of one head, with the space after it. */
  readonly size: number;
  /** Of a number inside a cell; 0 where there is only colour or shade. */
  readonly digits: number;
  readonly ink: Ink;
}

const finite = (row: readonly number[]): readonly number[] => row.filter((value) => Number.isFinite(value));
const longest = (texts: readonly string[]): number =>
  texts.reduce((most, text) => Math.max(most, textWidth(text)), 0);

/** Left columns as one padded text per row; numbers to the right. */
function marginText(margin: Margin, available: number): readonly string[] {
  const columns = margin[0]?.length ?? 0;
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.min(18, longest(margin.map((row) => row[column] ?? ''))),
  );
  // The operator is the only text without a bound; what is to be read are the cells.
  while (widths.reduce((sum, width) => sum + width + GAP, 0) > available && Math.max(...widths) > 6)
    widths[widths.indexOf(Math.max(...widths))] = Math.max(...widths) - 1;
  return margin.map((row) =>
    row
      .map((text, column) => {
        const width = widths[column] ?? 0;
        const space = ' '.repeat(Math.max(0, width - textWidth(text)));
        return /^[\d–]+$/.test(text) ? space + text : fitText(text, width);
      })
      .join(' '.repeat(GAP)),
  );
}

/** Cells with their numbers where they fit, else two characters a head, else one. */
function layoutFor(rows: Rows, columns: number, room: number, ink: Ink): Layout {
  const digits = longest(rows.flatMap((row) => row.map(cellNumber)));
  const numbered = { size: digits + ink.lead + 1 + (ink.lead === 0 ? 1 : 0), digits, ink };
  if (columns * numbered.size <= room) return numbered;
  return { size: columns * 2 <= room ? 2 : 1, digits: 0, ink };
}

function cellText(value: number, { size, digits, ink }: Layout): string {
  if (digits === 0) return ink.cell(value, ' '.repeat(size - ink.lead)).padEnd(size);
  const number = cellNumber(value).padStart(digits);
  return ink.lead === 0 ? ink.cell(value, ` ${number} `) : `${ink.cell(value, number)} `;
}

/** Head numbers over the cells, as many as stand apart. */
function headings(columns: number, block: number, { size, digits, ink }: Layout): string {
  const widest = String(Math.max(0, columns - 1) * block).length;
  const step = size > widest ? 1 : ([2, 4, 5, 8, 10, 16, 20].find((n) => n * size > widest) ?? 50);
  let line = '';
  for (let column = 0; column < columns; column += step) {
    const label = String(column * block);
    // Over the last digit of its number, or over the cell itself.
    const at = column * size + (digits > 0 ? (ink.lead === 0 ? 1 : 0) + ink.lead + digits - label.length : 0);
    line = line.padEnd(at) + label;
  }
  return line.padEnd(columns * size);
}

function summaries(rows: Rows, withEnds: boolean): readonly string[] {
  const all = rows.map((row) => {
    const values = finite(row);
    const ends = [values.reduce((a, b) => Math.min(a, b), Infinity), mean(values)];
    const texts = [...ends, values.reduce((a, b) => Math.max(a, b), -Infinity)].map(cellNumber);
    return withEnds ? texts : texts.slice(1, 2);
  });
  const names = withEnds ? ['min', 'mean', 'max'] : ['mean'];
  const widths = names.map((name, column) => longest([name, ...all.map((texts) => texts[column] ?? '')]));
  return [names, ...all].map((texts) =>
    texts.map((text, column) => text.padStart(widths[column] ?? 0)).join(' '.repeat(GAP)),
  );
}

interface Drawing {
  readonly lines: readonly string[];
  readonly legend: string;
  /** Heads that one cell averages. */
  readonly block: number;
}

/** One line per row of `rows`, under a line of head numbers; null without a finite value. */
export function drawHeatmap(
  rows: Rows,
  margin: Margin,
  { width, depth, paint }: HeatmapOptions,
): Drawing | null {
  const range = rangeOf(rows);
  if (range === null) return null;
  const ink = inkFor(range, depth, cellNumber);
  const left = marginText(margin, Math.floor(width / 2));
  // Ends of a row are shown where its cells may have no numbers; their space is kept free in any case.
  const ends = summaries(rows, true);
  const room = Math.max(8, width - textWidth(left[0] ?? '') - 2 * GAP - textWidth(ends[0] ?? ''));
  const grid: Grid = toGrid(rows, room, Number.POSITIVE_INFINITY);
  const layout = layoutFor(grid.rows, grid.columns, room, ink);
  const right = layout.digits > 0 ? summaries(rows, false) : ends;
  const heads = headings(grid.columns, grid.block.columns, layout);
  const span = grid.columns * layout.size;
  const body = grid.rows.map((row, index) => {
    const cells = row.map((value) => cellText(value, layout)).join('');
    const free = ' '.repeat(Math.max(0, span - row.length * layout.size));
    return `${left[index + 1] ?? ''}  ${cells}${free}  ${right[index + 1] ?? ''}`;
  });
  const top = paint('dim', `${left[0] ?? ''}  ${heads}  ${right[0] ?? ''}`);
  return { lines: [top, ...body], legend: ink.legend, block: grid.block.columns };
}
