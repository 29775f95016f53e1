/** A Markdown table of counts: one row per truth, one column per answer, in the given orders. */
export function countTable(title, rows, columns, entries) {
  const count = (row, column) =>
    entries.filter(({ truth, answer }) => truth === row && answer === column).length;
  const shown = rows.filter((row) => entries.some(({ truth }) => truth === row));
  return [
    `| ${title} | ${columns.join(' | ')} |`,
    `|---|${columns.map(() => '---').join('|')}|`,
    ...shown.map((row) => `| ${row} | ${columns.map((column) => count(row, column)).join(' | ')} |`),
  ].join('\n');
}

export const share = (part, whole) =>
  whole === 0 ? 'none' : `${part} of ${whole} (${((100 * part) / whole).toFixed(1)} %)`;

/** Chance that a number of `high` exceeds one of `low`; ties count half. Null where one is empty. */
export function auc(high, low) {
  if (high.length === 0 || low.length === 0) return null;
  let wins = 0;
  for (const a of high) for (const b of low) wins += a > b ? 1 : a === b ? 0.5 : 0;
  return wins / (high.length * low.length);
}
