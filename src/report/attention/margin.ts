import type { AttentionReading } from '../../core/types.js';
import { fitText, textWidth } from '../terminal/columns.js';
import { cleanText } from '../text.js';
import { keyValueText } from './layers.js';

/** What stands to the left of the cells, one text of equal width per row, the first row being the heading. */
export type Margin = readonly string[];

const GAP = 2;
/** The operator is the only text without a bound; what is to be read are the cells. */
const WIDEST = 22;
const HEADS = ['layer', 'kind', 'operator', 'heads', 'kv'] as const;

function cellsOf({ sites }: AttentionReading, rows: number): readonly (readonly string[])[] {
  return Array.from({ length: rows }, (_, index) => {
    const site = sites[index];
    if (site === undefined) return [String(index), '', '', '', ''];
    const { kind, operator, heads, keyValueHeads } = site;
    return [String(index), cleanText(kind), cleanText(operator), String(heads), keyValueText(keyValueHeads)];
  });
}

function column(texts: readonly string[]): readonly string[] {
  const width = Math.min(
    WIDEST,
    texts.reduce((most, text) => Math.max(most, textWidth(text)), 0),
  );
  return texts.map((text) => (/^[\d–]+$/.test(text) ? text.padStart(width) : fitText(text, width)));
}

/** Every column, and only those in which layers differ: what is equal everywhere is said above the picture. */
export function margins(reading: AttentionReading, rows: number): readonly [full: Margin, brief: Margin] {
  const cells = cellsOf(reading, rows);
  const columns = HEADS.map((_head, at) => cells.map((row) => row[at] ?? '')).map((texts, at) => ({
    differs: at === 0 || texts.some((text) => text !== texts[0]),
    texts: column([HEADS[at] ?? '', ...texts]),
  }));
  const join = (kept: typeof columns): Margin =>
    Array.from({ length: rows + 1 }, (_, row) => kept.map(({ texts }) => texts[row]).join(' '.repeat(GAP)));
  return [join(columns), join(columns.filter(({ differs }) => differs))];
}
