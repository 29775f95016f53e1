import type { Report } from '../core/types.js';
import { AGAINST_TITLE, remedyText } from '../report/explanation.js';
import { verdictSentence } from '../report/index.js';
import { cleanText } from '../report/text.js';

const MAX_REASONS = 3;
const MAX_AGAINST = 2;

/** A verdict in plain text: the sentence, its strongest reasons and what speaks against it, what stood in the way and what would decide. */
export function explain(report: Report, notes: readonly string[] = []): string {
  const { outcome, reasons, against, wouldDecide } = report.verdict;
  const failed = report.clauses.filter(({ passed }) => !passed);
  return [
    verdictSentence(report),
    ...reasons.slice(0, MAX_REASONS).map(({ sentence }) => `  - ${cleanText(sentence)}`),
    ...section(
      `${AGAINST_TITLE[outcome]}:`,
      against.slice(0, MAX_AGAINST).map(({ sentence }) => sentence),
    ),
    ...section('Not met:', [
      ...notes,
      ...failed.map(({ id, expected, observed }) => `${id}: expected ${expected}, observed ${observed}`),
    ]),
    ...section('Could not be measured:', outcome === 'upheld' ? [] : failures(report)),
    ...section(
      'What would decide:',
      wouldDecide.map((remedy) => remedyText(remedy, report)),
    ),
  ].join('\n');
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  - ${cleanText(line)}`)];
}

/** One cause usually stops several probes, so equal causes are told once. */
function failures({ probes }: Report): string[] {
  const lines = Object.values(probes).flatMap(({ error }) =>
    error ? [`${error.code}: ${error.message}${error.hint === undefined ? '' : ` Next: ${error.hint}`}`] : [],
  );
  return [...new Set(lines)];
}
