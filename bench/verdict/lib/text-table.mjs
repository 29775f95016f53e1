/** A table for the terminal, or in Markdown; the first column left-aligned, all others right. */
export function table(headings, rows, { markdown = false } = {}) {
  const cells = [headings, ...rows].map((row) => row.map(String));
  const widths = headings.map((_, at) => Math.max(...cells.map((row) => row[at].length)));
  const padded = cells.map((row) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at]))),
  );
  if (!markdown) return padded.map((row) => row.join('  ').trimEnd()).join('\n');
  const rule = widths.map((width, at) =>
    at === 0 ? '-'.repeat(width) : `${'-'.repeat(Math.max(1, width - 1))}:`,
  );
  return [padded[0], rule, ...padded.slice(1)].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

export const percent = (share, digits = 1) =>
  Number.isNaN(share) ? '–' : `${(100 * share).toFixed(digits)} %`;
export const number = (value, digits = 3) => (Number.isFinite(value) ? value.toFixed(digits) : '–');
