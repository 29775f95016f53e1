import { rangeOf, toGrid } from '../grid.js';
import { mean } from '../samples.js';
import type { Paint } from '../terminal/ansi.js';
import { textWidth } from '../terminal/columns.js';
import { type ColorDepth, cellNumber, type Ink, inkFor } from './cells.js';
import type { Margin } from './margin.js';

type Rows = readonly (readonly number[])[];

export interface HeatmapOptions {
  readonly width: number;
  readonly depth: ColorDepth;
  readonly paint: Paint;
}

const GAP = '  ';
/** Lines one layer may take before neighbouring heads are averaged. */
const MOST_LINES = 4;
/** Heads on a line of the narrowest terminal. */
const LEAST_ROOM = 4;

interface Layout {
  readonly left: Margin;
  readonly right: readonly string[];
  /** Characters of one head. */
  readonly size: number;
  /** Characters of a number inside a cell; 0 where there is only colour or shade. */
  readonly digits: number;
  /** Heads on one line. */
  readonly perLine: number;
  readonly ink: Ink;
}

const longest = (texts: readonly string[]): number =>
  texts.reduce((most, text) => Math.max(most, textWidth(text)), 0);

/** Smallest, mean and largest value of each row, or the mean alone, under their names. */
function summaries(rows: Rows, names: readonly ('min' | 'mean' | 'max')[]): readonly string[] {
  const numbers = rows.map((row) => {
    const values = row.filter((value) => Number.isFinite(value));
    const min = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    const max = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const all = { min, mean: mean(values), max };
    return names.map((name) => cellNumber(all[name]));
  });
  const widths = names.map((name, column) => longest([name, ...numbers.map((row) => row[column] ?? '')]));
  return [names, ...numbers].map((row) =>
    row.map((text, column) => text.padStart(widths[column] ?? 0)).join(GAP),
  );
}

/** Numbers in the cells where they fit on a line, else two characters a head, else one on as many lines as needed. */
function layoutFor(rows: Rows, margins: readonly [Margin, Margin], width: number, ink: Ink): Layout {
  const columns = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const digits = longest(rows.flatMap((row) => row.map(cellNumber)));
  const ends = summaries(rows, ['min', 'mean', 'max']);
  const kinds = [
    { size: digits + 2, digits, right: summaries(rows, ['mean']) },
    { size: 2, digits: 0, right: ends },
    { size: 1, digits: 0, right: ends },
  ];
  const roomFor = (left: Margin, right: readonly string[]): number =>
    width - textWidth(left[0] ?? '') - textWidth(right[0] ?? '') - 2 * GAP.length;
  for (const kind of kinds) {
    for (const left of margins) {
      if (columns * kind.size <= roomFor(left, kind.right)) return { left, ...kind, perLine: columns, ink };
    }
  }
  const room = Math.max(LEAST_ROOM, roomFor(margins[1], ends));
  // Round numbers of heads are easier to count from.
  const share = Math.ceil(columns / Math.ceil(columns / room));
  const round = Math.ceil(share / 8) * 8;
  return { left: margins[1], right: ends, size: 1, digits: 0, perLine: round <= room ? round : share, ink };
}

function cellText(value: number, { size, digits, ink }: Layout): string {
  if (digits === 0) return ink.cell(value, ' '.repeat(size - ink.lead));
  const number = cellNumber(value).padStart(digits);
  return ink.lead === 0 ? ink.cell(value, ` ${number} `) : `${ink.cell(value, number)} `;
}

/** Head numbers over the cells, as many as stand apart. */
function headings(columns: number, block: number, { size, digits }: Layout): string {
  const widest = String(Math.max(0, columns - 1) * block).length;
  const step = size > widest ? 1 : ([2, 4, 5, 8, 10, 16, 20].find((n) => n * size > widest) ?? 50);
  let line = '';
  for (let column = 0; column < columns; column += step) {
    const label = String(column * block);
    // Over the last digit of its number, or over the cell itself.
    line = line.padEnd(column * size + (digits > 0 ? digits + 1 - label.length : 0)) + label;
  }
  return line.padEnd(columns * size);
}

/** The lines of one layer; those after the first say in the margin which head they begin with. */
function layerLines(row: readonly number[], index: number, block: number, layout: Layout): readonly string[] {
  const { left, right, size, perLine } = layout;
  const margin = left[index + 1] ?? '';
  return Array.from({ length: Math.max(1, Math.ceil(row.length / perLine)) }, (_, line) => {
    const cells = row.slice(line * perLine, (line + 1) * perLine);
    const text = cells.map((value) => cellText(value, layout)).join('');
    const free = ' '.repeat((perLine - cells.length) * size);
    if (line > 0) return `${`+${line * perLine * block}`.padStart(textWidth(margin))}${GAP}${text}`;
    return `${margin}${GAP}${text}${free}${GAP}${right[index + 1] ?? ''}`;
  });
}

interface Drawing {
  readonly lines: readonly string[];
  /** The scale in pieces that belong together. */
  readonly legend: readonly string[];
  /** Heads that one cell averages. */
  readonly block: number;
}

/** Layers down, heads across, under a line of head numbers; null without a finite value. */
export function drawHeatmap(
  rows: Rows,
  margins: readonly [Margin, Margin],
  { width, depth, paint }: HeatmapOptions,
): Drawing | null {
  const range = rangeOf(rows);
  if (range === null) return null;
  const ink = inkFor(range, depth, cellNumber);
  const whole = layoutFor(rows, margins, width, ink);
  const grid = toGrid(rows, whole.perLine * MOST_LINES, Number.POSITIVE_INFINITY);
  const layout = { ...whole, perLine: Math.min(whole.perLine, grid.columns) };
  const heads = headings(layout.perLine, grid.block.columns, layout);
  const top = `${layout.left[0] ?? ''}${GAP}${heads}${GAP}${layout.right[0] ?? ''}`;
  const body = grid.rows.flatMap((row, index) => layerLines(row, index, grid.block.columns, layout));
  return { lines: [paint('dim', top), ...body], legend: ink.legend, block: grid.block.columns };
}
