import type { Reason, Report } from '../core/types.js';
import { AGAINST_TITLE, EVASIONS_TITLE, eValueText, reasonLabel, remedyText } from './explanation.js';
import { formatPercent } from './number.js';
import { clauseCoverage, OUTCOME_WORD, verdictSentence } from './prose.js';
import { type Paint, painter } from './terminal/ansi.js';
import { fitText, textWidth, wrap } from './terminal/columns.js';
import { bullets, labelled, titled } from './terminal/lines.js';
import { signalLines } from './terminal/signals.js';
import { cleanText, nameText } from './text.js';
import { troubles } from './troubles.js';
import { at, variantOrder } from './variants.js';

export interface TerminalOptions {
  readonly color?: boolean;
  /** Columns to fill at most; 100 unless told, never under 60. */
  readonly width?: number;
}

interface Context {
  readonly report: Report;
  readonly width: number;
  readonly paint: Paint;
}

const OUTCOME_COLOR = { upheld: 'green', refuted: 'red', inconclusive: 'yellow' } as const;
const BAR = 30;
/** Entries of the lists that explain; the other formats have all. */
const MOST = 3;

function headline({ report, width, paint }: Context): readonly string[] {
  const sentence = wrap(verdictSentence(report), width);
  const word = OUTCOME_WORD[report.verdict.outcome];
  const color = OUTCOME_COLOR[report.verdict.outcome];
  return sentence.map((line, index) =>
    index === 0 ? `${paint('bold', paint(color, word))}${line.slice(word.length)}` : line,
  );
}

function identity({ report, width }: Context): readonly string[] {
  const { candidate, claim } = report;
  return [
    '',
    ...labelled('claim      ', `${nameText(claim.variant)} of ${nameText(claim.profile)}`, width),
    ...labelled('candidate  ', `${nameText(candidate.label)} (${candidate.kind})`, width),
    ...labelled('digest     ', candidate.digest ?? 'none', width),
    ...labelled('evidence   ', `E-value against the claim ${eValueText(report)}`, width),
  ];
}

function posterior({ report }: Context): readonly string[] {
  const known = variantOrder(report).filter((id) => Object.hasOwn(report.verdict.posterior, id));
  const label = Math.min(32, Math.max(0, ...known.map((id) => textWidth(nameText(id)))));
  return known.map((id) => {
    const share = at(report.verdict.posterior, id) ?? 0;
    const filled = Number.isFinite(share) ? Math.round(Math.min(1, Math.max(0, share)) * BAR) : 0;
    return `  ${fitText(nameText(id), label)}  ${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}  ${formatPercent(share)}`;
  });
}

function probes({ report, width }: Context): readonly string[] {
  const failing = troubles(report);
  const column = Math.min(28, Math.max(0, ...failing.map(({ probe }) => textWidth(cleanText(probe)))));
  return failing.flatMap((trouble) => {
    const label = `  ${fitText(cleanText(trouble.probe), column)}  `;
    const what = [trouble.status, trouble.code, trouble.message].filter((text) => text !== '').join(' ');
    const next =
      trouble.hint === undefined ? [] : labelled(' '.repeat(column + 4), `next: ${trouble.hint}`, width);
    return [...labelled(label, what, width), ...next];
  });
}

function clauses({ report, width, paint }: Context): readonly string[] {
  return report.clauses.flatMap((clause) => {
    const text = `${clause.id}: expected ${clause.expected}, observed ${clause.observed}`;
    const lines = labelled(clause.passed ? '  passed  ' : '  failed  ', text, width);
    return clause.passed ? lines : lines.map((line) => paint('red', line));
  });
}

function reasonText(reason: Reason): string {
  return `${reasonLabel(reason)}: ${reason.sentence}`;
}

function some(texts: readonly string[]): readonly string[] {
  const left = texts.length - MOST;
  return left > 1 ? [...texts.slice(0, MOST), `and ${left} more, in the other formats`] : texts;
}

/** Plain text for a terminal; nothing from a candidate can move the cursor or reorder a line. */
export function renderTerminal(report: Report, options: TerminalOptions = {}): string {
  const width = Math.max(60, options.width ?? 100);
  const context = { report, width, paint: painter(options.color ?? false) };
  const { paint } = context;
  const { outcome, reasons, against, wouldDecide, evasions } = report.verdict;
  const inputs = [
    ...labelled('  evidence  ', report.inputs.evidence, width),
    ...labelled('  profile   ', report.inputs.profile, width),
  ];
  const lines = [
    ...headline(context),
    ...identity(context),
    ...titled('Reasons', bullets(reasons.map(reasonText), width), paint),
    ...titled(AGAINST_TITLE[outcome], bullets(some(against.map(reasonText)), width), paint),
    ...titled('Posterior', posterior(context), paint),
    '',
    ...signalLines(report, width, context.paint),
    ...titled('Probes that did not run', probes(context), paint),
    ...titled(`Clauses  ${clauseCoverage(report)}`, clauses(context), paint),
    ...titled(
      'Would decide',
      bullets(
        wouldDecide.map((remedy) => remedyText(remedy, report)),
        width,
      ),
      paint,
    ),
    ...titled(EVASIONS_TITLE[outcome], bullets(some(evasions), width), paint),
    ...titled('Warnings', bullets(report.warnings, width), paint),
    ...titled('Inputs', inputs, paint),
  ];
  return `${lines.join('\n')}\n`;
}
