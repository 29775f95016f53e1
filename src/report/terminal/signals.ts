import type { Report, SignalResult } from '../../core/types.js';
import { formatLogLikelihood } from '../number.js';
import { signalCoverage } from '../prose.js';
import { cleanText } from '../text.js';
import { at, rivalry } from '../variants.js';
import type { Paint } from './ansi.js';
import { fitText, wrap } from './columns.js';
import { columnWidths, tableRow } from './table.js';

function scoredCells(signal: SignalResult, claim: string): readonly string[] {
  if (signal.status !== 'scored') return [signal.id, signal.status].map(cleanText);
  const { claim: own, rival } = rivalry(signal, claim);
  const expected = at(signal.expected, claim) ?? '–';
  const against = rival === undefined ? '–' : `${formatLogLikelihood(rival.value)} ${rival.variant}`;
  return [signal.id, signal.status, signal.observed, expected, formatLogLikelihood(own), against].map(
    cleanText,
  );
}

function whyNot(signal: SignalResult): readonly string[] {
  if (signal.status === 'skipped') return [signal.reason];
  if (signal.status === 'scored') return [];
  const { code, message, hint } = signal.error;
  return [`${code} ${message}`, ...(hint === undefined ? [] : [`next: ${hint}`])];
}

/** One aligned row per signal; one that was not scored shows its reason in place of numbers. */
export function signalLines(report: Report, width: number, paint: Paint): readonly string[] {
  const claim = report.claim.variant;
  const head = ['signal', 'status', 'observed', 'expected', 'ln L claim', 'ln L best rival'];
  const rows = report.signals.map((signal) => scoredCells(signal, claim));
  const widths = columnWidths([head, ...rows], width - 2);
  const indent = 2 + (widths[0] ?? 0) + 2 + (widths[1] ?? 0) + 2;
  const lines = report.signals.flatMap((signal, index) => {
    const row = `  ${tableRow(rows[index] ?? [], widths)}`;
    if (signal.status === 'scored') return [row];
    const reason = whyNot(signal).flatMap((text) => wrap(cleanText(text), width - indent));
    const color = signal.status === 'errored' ? 'red' : 'yellow';
    const first = `${fitText(row, indent)}${reason[0] ?? ''}`.trimEnd();
    return [first, ...reason.slice(1).map((line) => `${' '.repeat(indent)}${line}`)].map((line) =>
      paint(color, line),
    );
  });
  const coverage = `${paint('bold', 'Signals')}  ${signalCoverage(report)}`;
  return [coverage, paint('dim', `  ${tableRow(head, widths)}`), ...lines];
}
