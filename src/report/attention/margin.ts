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
    const { kind, operator, heads } = site;
    return [String(index), cleanText(kind), cleanText(operator), String(heads), keyValueText(site)];
  });
}

function column(texts: readonly string[], widest: number): readonly string[] {
  const width = Math.min(
    widest,
    texts.reduce((most, text) => Math.max(most, textWidth(text)), 0),
  );
  return texts.map((text) => fitText(/^[\d–]+$/.test(text) ? text.padStart(width) : text, width));
}

/**
 * Every column, and only those in which layers differ: what is equal everywhere is said above the picture. The
 * second is at most `width` wide, as long as columns keep four characters.
 */
export function margins(
  reading: AttentionReading,
  rows: number,
  width: number,
): readonly [full: Margin, brief: Margin] {
  const cells = cellsOf(reading, rows);
  const columns = HEADS.map((head, at) => [head, ...cells.map((row) => row[at] ?? '')]);
  const differing = columns.filter(
    (texts, at) => at === 0 || texts.slice(1).some((text) => text !== texts[1]),
  );
  const join = (kept: typeof columns, widest: number): Margin => {
    const fitted = kept.map((texts) => column(texts, widest));
    return Array.from({ length: rows + 1 }, (_, row) =>
      fitted.map((texts) => texts[row]).join(' '.repeat(GAP)),
    );
  };
  let brief = join(differing, WIDEST);
  for (let widest = WIDEST - 1; widest >= 4 && textWidth(brief[0] ?? '') > width; widest--)
    brief = join(differing, widest);
  return [join(columns, WIDEST), brief];
}
