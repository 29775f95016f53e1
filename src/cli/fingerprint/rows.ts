import { cleanText } from '../../report/text.js';

export type Row = readonly [name: string, value: string];

/** Two aligned columns. Names and values may come from the delivery, so both are cleaned. */
export function table(rows: readonly Row[]): string[] {
  const cleaned = rows.map(([name, value]) => [cleanText(name), cleanText(value)] as const);
  const width = Math.max(...cleaned.map(([name]) => name.length));
  return cleaned.map(([name, value]) => `${name.padEnd(width)}  ${value}`.trimEnd());
}
