import type { Report } from '../core/types.js';
import { type Finding, findings } from './findings.js';
import { OUTCOME_WORD } from './prose.js';
import { nameText } from './text.js';

/** An open verdict is no notice: a gate that could not tell must not look like one that passed. */
const VERDICT_COMMAND = { upheld: 'notice', refuted: 'error', inconclusive: 'warning' } as const;
const COMMAND = { clause: 'error', probe: 'warning', signal: 'warning' } as const;
const WORD = { clause: 'failed', probe: 'failed', signal: 'errored' } as const;

function escapeData(value: string): string {
  return value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(value: string): string {
  return escapeData(value).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function command(report: Report, { type, name, message }: Finding): string {
  const { outcome } = report.verdict;
  const level = type === 'verdict' ? VERDICT_COMMAND[outcome] : COMMAND[type];
  const title =
    type === 'verdict'
      ? `${OUTCOME_WORD[outcome]}: ${nameText(report.claim.variant)} of ${nameText(report.claim.profile)}`
      : `${type} ${nameText(name)} ${WORD[type]}`;
  return `::${level} title=${escapeProperty(title)}::${escapeData(message)}\n`;
}

/** GitHub Actions workflow commands, one annotation a line: the verdict first, since a job shows only ten. */
export function renderGithub(report: Report): string {
  return findings(report)
    .map((finding) => command(report, finding))
    .join('');
}
