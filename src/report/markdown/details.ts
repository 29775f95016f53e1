import type { Detail, Report } from '../../core/types.js';
import { formatNumber } from '../number.js';
import { finiteSorted, mean, percentiles } from '../samples.js';
import { code, prose, table } from './escape.js';

function summary(values: readonly number[], unit: string): string {
  const sorted = finiteSorted(values);
  if (sorted.length === 0) return 'no values';
  const points = percentiles(sorted).map(({ name, value }) => `${name} ${formatNumber(value)}`);
  return `${formatNumber(sorted.length)} values, mean ${formatNumber(mean(sorted))}, ${points.join(', ')} ${prose(unit)}`;
}

function shown(detail: Detail): string {
  if (detail.type === 'text') return code(detail.value);
  if (detail.type === 'number') {
    return `${formatNumber(detail.value)}${detail.unit === undefined ? '' : ` ${prose(detail.unit)}`}`;
  }
  if (detail.type === 'samples') return summary(detail.values, detail.unit);
  const heads = detail.rows.reduce((most, row) => Math.max(most, row.length), 0);
  return `${detail.rows.length} × ${heads} (layers × heads): ${summary(detail.rows.flat(), detail.unit)}`;
}

/** Numbers behind the signals; a heatmap or a distribution as its order statistics. */
export function detailTable(report: Report): string | null {
  const rows = report.signals.flatMap((signal) =>
    signal.status === 'scored'
      ? signal.details.map((detail) => [code(signal.id), prose(detail.label), shown(detail)])
      : [],
  );
  return rows.length === 0 ? null : table(['signal', 'detail', 'value'], rows);
}
