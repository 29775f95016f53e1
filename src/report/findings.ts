import type { Reason, Report } from '../core/types.js';
import { AGAINST_TITLE, eValueText, reasonLabel, remedyText } from './explanation.js';
import { signalCoverage, verdictSentence } from './prose.js';
import { cleanText, clip } from './text.js';
import { troubles } from './troubles.js';

const LIMIT = 2000;
/** An annotation has room for the strongest only. */
const MOST_REASONS = 4;
const MOST_AGAINST = 2;
/** A path from a root, at the start of a word. */
const ABSOLUTE =
  /(?<![^\s"'`(=,:])(?:file:\/\/)?(?:[A-Za-z]:|\\)?[\\/](?:[^\\/\s"'`:]+[\\/])+([^\\/\s"'`:]*)/g;

/** Something a reader should look at; `name` is as it came from the report. */
export interface Finding {
  readonly type: 'verdict' | 'clause' | 'probe' | 'signal';
  readonly name: string;
  readonly message: string;
}

/** One line of bounded length without the directories of the machine that made the report. */
export function messageText(text: string): string {
  return clip(cleanText(text).replace(ABSOLUTE, '$1'), LIMIT);
}

function verdictMessage(report: Report): string {
  const { outcome, reasons, against, wouldDecide } = report.verdict;
  const line = (reason: Reason): string => `${reasonLabel(reason)}: ${reason.sentence}`;
  return [
    verdictSentence(report),
    `E-value against the claim ${eValueText(report)}.`,
    ...reasons.slice(0, MOST_REASONS).map(line),
    ...labelled(AGAINST_TITLE[outcome], against.slice(0, MOST_AGAINST).map(line)),
    ...labelled(
      'Would decide',
      wouldDecide.map((remedy) => remedyText(remedy, report)),
    ),
    `Signals: ${signalCoverage(report)}.`,
  ].join(' ');
}

function labelled(label: string, texts: readonly string[]): readonly string[] {
  return texts.length === 0 ? [] : [`${label}: ${texts.join(' ')}`];
}

function failure({ code, message, hint }: { code: string; message: string; hint?: string | undefined }) {
  return `${code}: ${message}${hint === undefined ? '' : `; next: ${hint}`}`;
}

/** The verdict, the clauses that failed, the probes that failed and the signals that errored, in this order. */
export function findings(report: Report): readonly Finding[] {
  const clauses = report.clauses.filter((clause) => !clause.passed);
  const probes = troubles(report).filter((trouble) => trouble.status === 'failed');
  return [
    { type: 'verdict' as const, name: 'verdict', message: verdictMessage(report) },
    ...clauses.map(({ id, expected, observed }) => ({
      type: 'clause' as const,
      name: id,
      message: `expected ${expected}, observed ${observed}`,
    })),
    ...probes.map((trouble) => ({
      type: 'probe' as const,
      name: trouble.probe,
      message: failure(trouble),
    })),
    ...report.signals.flatMap((signal) =>
      signal.status === 'errored'
        ? [{ type: 'signal' as const, name: signal.id, message: failure(signal.error) }]
        : [],
    ),
  ].map((finding) => ({ ...finding, message: messageText(finding.message) }));
}
