import { cleanText, clip } from '../text.js';

/** Breaks up what GitHub would turn into a link or a mention; invisible when rendered. */
const BREAK = '&#8203;';
const SPECIAL = /[&<>|\\`*_[\]{}~$@#]|:(?=\/\/)|(?<=mailto|xmpp):|(?<=www)\./gi;
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '|': '&#124;',
  '@': `@${BREAK}`,
  '#': `#${BREAK}`,
  ':': `:${BREAK}`,
  '.': `${BREAK}.`,
};

function escaped(text: string): string {
  return text.replace(SPECIAL, (character) => ESCAPES[character] ?? `\\${character}`);
}

/** Prose from outside: no HTML, no markup, no link, one line, one table cell. */
export function prose(value: string): string {
  return escaped(clip(cleanText(value), 600));
}

/** A value from outside, set as code. A code span holds only what no Markdown dialect reads inside one. */
export function code(value: string): string {
  const text = clip(cleanText(value), 300);
  if (text === '') return '–';
  return /[`|<>\\&]/.test(text) ? `<code>${escaped(text)}</code>` : `\`${text}\``;
}

/** Cells are already Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
