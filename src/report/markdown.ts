import type { Reason, Report, SignalResult } from '../core/types.js';
import { environmentRows } from './environment.js';
import {
  AGAINST_TITLE,
  EVASIONS_TITLE,
  eValueText,
  promiseText,
  remedyText,
  weightText,
} from './explanation.js';
import { detailTable } from './markdown/details.js';
import { code, prose, table } from './markdown/escape.js';
import { formatLogLikelihood, formatPercent } from './number.js';
import {
  clauseCoverage,
  OUTCOME_WORD,
  phraseText,
  SPOOFING_WORD,
  signalCoverage,
  verdictPhrase,
} from './prose.js';
import { troubles } from './troubles.js';
import { at, variantOrder } from './variants.js';

type Block = string | null;

function list(items: readonly string[]): Block {
  return items.length === 0 ? null : items.map((item) => `- ${item}`).join('\n');
}

function section(title: string, ...blocks: readonly Block[]): Block {
  const filled = blocks.filter((block) => block !== null);
  return filled.length === 0 ? null : [`## ${title}`, ...filled].join('\n\n');
}

function folded(title: string, block: Block): Block {
  return block === null ? null : `<details>\n<summary>${title}</summary>\n\n${block}\n\n</details>`;
}

function identity(report: Report): string {
  const { candidate, claim } = report;
  return table(
    ['', ''],
    [
      ['Claim', `${code(claim.variant)} of ${code(claim.profile)}`],
      ['Candidate', `${code(candidate.label)} (${prose(candidate.kind)})`],
      ['Digest', candidate.digest === null ? 'none' : code(candidate.digest)],
      ['E-value against the claim', `${eValueText(report)}, which ${promiseText(report)}`],
      ['Acceptance', clauseCoverage(report)],
    ],
  );
}

function reasonItem(reason: Reason): string {
  const weight = weightText(reason);
  return `${code(reason.signal)}${weight === '' ? '' : `, ${weight}`}: ${prose(reason.sentence)}`;
}

function posterior(report: Report): Block {
  const rows = variantOrder(report)
    .filter((id) => Object.hasOwn(report.verdict.posterior, id))
    .map((id) => [code(id), formatPercent(at(report.verdict.posterior, id) ?? 0)]);
  return rows.length === 0 ? null : table(['version', 'probability'], rows);
}

function signalRow(signal: SignalResult, variants: readonly string[]): readonly string[] {
  const head = [
    `${code(signal.id)}`,
    prose(signal.group),
    SPOOFING_WORD[signal.spoofing],
    `**${signal.status}**`,
  ];
  if (signal.status === 'skipped') return [...head, prose(signal.reason), ...variants.map(() => '–')];
  if (signal.status === 'errored') {
    const { code: id, message, hint } = signal.error;
    const next = hint === undefined ? '' : `; next: ${prose(hint)}`;
    return [...head, `${code(id)} ${prose(message)}${next}`, ...variants.map(() => '–')];
  }
  const cells = variants.map((variant) => {
    const likelihood = formatLogLikelihood(at(signal.logLikelihood, variant));
    return `${code(at(signal.expected, variant) ?? '')} (${likelihood})`;
  });
  return [...head, code(signal.observed), ...cells];
}

function signals(report: Report): Block {
  const variants = variantOrder(report);
  const head = ['signal', 'group', 'spoofing', 'status', 'observed', ...variants.map(code)];
  const rows = report.signals.map((signal) => signalRow(signal, variants));
  const note = `${signalCoverage(report)}. Under each version: what it would show, and in brackets ln L.`;
  return section(
    'Signals',
    note,
    rows.length === 0 ? null : table(head, rows),
    folded('Details', detailTable(report)),
  );
}

function probes(report: Report): Block {
  const rows = troubles(report).map((trouble) => [
    code(trouble.probe),
    prose(trouble.status),
    code(trouble.code),
    prose(trouble.message),
    prose(trouble.hint ?? '–'),
  ]);
  if (rows.length === 0) return null;
  return section(
    'Probes that did not run',
    table(['probe', 'status', 'code', 'what happened', 'next'], rows),
  );
}

function clauses(report: Report): Block {
  const rows = report.clauses.map((clause) => [
    code(clause.id),
    code(clause.expected),
    code(clause.observed),
    clause.passed ? 'passed' : '**failed**',
  ]);
  return rows.length === 0
    ? null
    : section('Clauses', table(['clause', 'expected', 'observed', 'result'], rows));
}

function provenance(report: Report): Block {
  const rows = environmentRows(report).map((row) => row.map(code));
  const environment = rows.length === 0 ? null : table(['environment', ''], rows);
  const inputs = [`evidence ${code(report.inputs.evidence)}`, `profile ${code(report.inputs.profile)}`];
  return section('Provenance', list(inputs), folded('Environment', environment));
}

/** GitHub-flavoured Markdown: fits a pull-request comment or a job summary. */
export function renderMarkdown(report: Report): string {
  const { outcome, reasons, against, wouldDecide, evasions } = report.verdict;
  const blocks = [
    `# ${OUTCOME_WORD[outcome]}`,
    `**${OUTCOME_WORD[outcome]}:** ${phraseText(verdictPhrase(report), code)}`,
    identity(report),
    section('Reasons', list(reasons.map(reasonItem))),
    section(AGAINST_TITLE[outcome], list(against.map(reasonItem))),
    section('What would decide it', list(wouldDecide.map((remedy) => prose(remedyText(remedy, report))))),
    section(EVASIONS_TITLE[outcome], list(evasions.map(prose))),
    section('Posterior', posterior(report)),
    signals(report),
    probes(report),
    clauses(report),
    section('Warnings', list(report.warnings.map(prose))),
    provenance(report),
    `${prose(report.tool.name)} ${prose(report.tool.version)}`,
  ];
  return `${blocks.filter((block) => block !== null).join('\n\n')}\n`;
}
