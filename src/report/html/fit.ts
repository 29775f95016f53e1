import type { Report, SignalResult } from '../../core/types.js';
import { clip } from '../text.js';

/** How much of a report the page shows; the JSON report always has the rest. */
export interface Limits {
  /** Code points of one string. */
  readonly text: number;
  /** Entries of one list. */
  readonly rows: number;
  /** Cells of a heatmap each way. */
  readonly side: number;
}

function clipped(value: unknown, limit: number): unknown {
  if (typeof value === 'string') return clip(value, limit);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value))
    return typeof value[0] === 'number' ? value : value.map((item) => clipped(item, limit));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [clip(key, limit), clipped(item, limit)]),
  );
}

function some<T>(
  record: Readonly<Record<string, T>>,
  rows: number,
  keep: readonly string[],
): Readonly<Record<string, T>> {
  const keys = Object.keys(record);
  if (keys.length <= rows) return record;
  const first = keys.filter((key) => keep.includes(key));
  const kept = new Set([...first, ...keys.filter((key) => !keep.includes(key))].slice(0, rows));
  return Object.fromEntries(Object.entries(record).filter(([key]) => kept.has(key)));
}

function fitSignal(signal: SignalResult, rows: number, keep: readonly string[]): SignalResult {
  if (signal.status !== 'scored') return signal;
  return {
    ...signal,
    expected: some(signal.expected, rows, keep),
    logLikelihood: some(signal.logLikelihood, rows, keep),
    details: signal.details.slice(0, rows),
  };
}

function omissions(report: Report, rows: number): readonly string[] {
  const sizes: Readonly<Record<string, number>> = {
    reasons: report.verdict.reasons.length,
    'evidence against the verdict': report.verdict.against.length,
    'what would decide it': report.verdict.wouldDecide.length,
    'how the evidence could deceive': report.verdict.evasions.length,
    versions: Object.keys(report.verdict.posterior).length,
    clauses: report.clauses.length,
    probes: Object.keys(report.probes).length,
    environment: Object.keys(report.environment).length,
    warnings: report.warnings.length,
  };
  return Object.entries(sizes)
    .filter(([, size]) => size > rows)
    .map(
      ([name, size]) =>
        `This page shows ${rows} of ${size} entries under "${name}"; the JSON report has all.`,
    );
}

/** A report cut to `limits`, and what to tell the reader about it. No signal is ever left out. */
export function fitReport(
  full: Report,
  limits: Limits,
): { readonly report: Report; readonly notes: readonly string[] } {
  const { rows } = limits;
  const report = clipped(full, limits.text) as Report;
  const { verdict } = report;
  const keep = [report.claim.variant, ...(verdict.variant === null ? [] : [verdict.variant]), 'other'];
  const trimmed = {
    ...report,
    verdict: {
      ...verdict,
      reasons: verdict.reasons.slice(0, rows),
      against: verdict.against.slice(0, rows),
      wouldDecide: verdict.wouldDecide.slice(0, rows),
      evasions: verdict.evasions.slice(0, rows),
      posterior: some(verdict.posterior, rows, keep),
    },
    signals: report.signals.map((signal) => fitSignal(signal, rows, keep)),
    clauses: [...report.clauses].sort((a, b) => Number(a.passed) - Number(b.passed)).slice(0, rows),
    probes: some(
      report.probes,
      rows,
      Object.keys(report.probes).filter((name) => report.probes[name]?.status !== 'ok'),
    ),
    environment: some(report.environment, rows, []),
    warnings: report.warnings.slice(0, rows),
  };
  return { report: trimmed, notes: omissions(full, rows) };
}
