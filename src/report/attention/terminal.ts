import { stripVTControlCharacters } from 'node:util';
import type { AttentionReading } from '../../core/types.js';
import { formatNumber } from '../number.js';
import { painter } from '../terminal/ansi.js';
import { textWidth } from '../terminal/columns.js';
import { bullets, labelled, titled } from '../terminal/lines.js';
import { cleanText, nameText } from '../text.js';
import type { ColorDepth } from './cells.js';
import { drawHeatmap, type HeatmapOptions } from './heatmap.js';
import { gridSummary, layerSummary } from './layers.js';
import { margins } from './margin.js';
import {
  type AttentionStatistic,
  type AttentionStatisticName,
  contradictionLines,
  statisticOf,
} from './statistics.js';

export interface AttentionTerminalOptions {
  /** Bits of colour, as `process.stdout.getColorDepth()` gives them; 1, no colour, unless told. */
  readonly colorDepth?: ColorDepth;
  /** Columns to fill at most; 100 unless told, never under 40. */
  readonly width?: number;
  /** What the heatmap shows; `normalized` unless told. */
  readonly statistic?: AttentionStatisticName;
}

/** More rows than the deepest published model has layers; a list beyond is for machines. */
const MOST_LAYERS = 256;
const MOST_LINES = 20;

/** Pieces side by side, on as many lines as they need. */
function flow(label: string, pieces: readonly string[], width: number): readonly string[] {
  const lines: string[][] = [[]];
  let used = label.length;
  for (const piece of pieces) {
    const size = textWidth(stripVTControlCharacters(piece)) + 2;
    if (used + size > width && used > label.length) {
      lines.push([]);
      used = label.length;
    }
    lines.at(-1)?.push(piece);
    used += size;
  }
  return lines.map((line, index) => `${index === 0 ? label : ' '.repeat(label.length)}${line.join('  ')}`);
}

function picture(
  reading: AttentionReading,
  statistic: AttentionStatistic,
  options: HeatmapOptions,
): readonly string[] {
  const { width } = options;
  const grid = reading[statistic.key];
  const rows = grid.slice(0, MOST_LAYERS);
  const drawing = drawHeatmap(rows, margins(reading, rows.length, Math.floor(width / 2)), options);
  const summary = gridSummary(grid);
  if (drawing === null || summary === null) return ['no values'];
  const { count, mean, lowest, highest } = summary;
  const place = ({ layer, head, value }: typeof lowest): string =>
    `${formatNumber(value)} (layer ${layer}, head ${head})`;
  const average = `${formatNumber(mean)} over ${formatNumber(count)} heads; lowest ${place(lowest)}, highest ${place(highest)}`;
  return [
    ...drawing.lines,
    '',
    ...flow('scale    ', [...drawing.legend, `(${statistic.unit})`], width),
    ...labelled('average  ', average, width),
    ...(drawing.block > 1 ? labelled('cells    ', `each averages ${drawing.block} heads`, width) : []),
    ...(grid.length > rows.length
      ? labelled('layers   ', `the first ${rows.length} of ${grid.length}; --json has all`, width)
      : []),
  ];
}

function listed(texts: readonly string[], width: number): readonly string[] {
  const rest = texts.length - MOST_LINES;
  return [
    ...bullets(texts.slice(0, MOST_LINES), width),
    ...(rest > 0 ? [`  and ${formatNumber(rest)} more; --json has all`] : []),
  ];
}

/** Plain text for a terminal; nothing from a candidate can move the cursor or reorder a line. */
export function renderAttentionTerminal(
  reading: AttentionReading,
  options: AttentionTerminalOptions = {},
): string {
  const { colorDepth: depth = 1, statistic: name = 'normalized' } = options;
  const width = Math.max(40, options.width ?? 100);
  const paint = painter(depth > 1);
  const statistic = statisticOf(name);
  const { candidate, tokens, unmeasured, warnings } = reading;
  const lines = [
    ...labelled('candidate  ', `${nameText(candidate.label)} (${cleanText(candidate.kind)})`, width),
    ...labelled('prompt     ', `${formatNumber(tokens)} tokens`, width),
    ...labelled('measured   ', layerSummary(reading).join('; '), width),
    '',
    ...labelled('', `${statistic.title}: ${statistic.meaning}.`, width).map((line) => paint('bold', line)),
    '',
    ...picture(reading, statistic, { width, depth, paint }),
    ...titled(
      'Not measured',
      listed(
        unmeasured.map(({ count, operator, reason }) => `${count} × ${nameText(operator)}: ${reason}`),
        width,
      ),
      paint,
    ),
    ...titled('Contradictions', listed(contradictionLines(reading), width), paint),
    ...titled('Warnings', listed(warnings, width), paint),
  ];
  return `${lines.join('\n')}\n`;
}
