import type { ReferenceProfile } from '../core/types.js';
import { cleanText } from '../report/text.js';

/** Widest column of a version; its name may have 64 characters. */
const MAX_WIDTH = 20;

/** Lines for a terminal: a row per signal, what it said against its own references, and for each version. */
export function describeCalibration(calibration: ReferenceProfile['calibration'] = {}): string[] {
  const rows = Object.entries(calibration);
  if (rows.length === 0)
    return [
      'calibration: none; noise shows from two runs of an artifact, or two exports of the full version',
    ];
  const versions = [...new Set(rows.flatMap(([, { power }]) => Object.keys(power)))];
  const cells = [
    ['signal', 'runs', 'noise', ...versions.map((id) => cleanText(id).slice(0, MAX_WIDTH))],
    ...rows.map(([id, { runs, noise, power }]) => [
      cleanText(id),
      String(runs),
      noise.toFixed(2),
      ...versions.map((version) => power[version]?.toFixed(2) ?? '–'),
    ]),
  ];
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  );
  return [
    'calibration in nats: the most a signal said against a genuine reference, and its mean for each version over the best rival',
    ...cells.map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    ),
  ];
}
