import { canonicalJson } from '../core/canonical-json.js';
import type { Outcome, Report } from '../core/types.js';
import { type Finding, findings, messageText } from './findings.js';
import { SPOOFING_WORD } from './prose.js';
import { nameText } from './text.js';
import { troubles } from './troubles.js';
import { relativeUri } from './uri.js';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const VERDICT_LEVEL = { refuted: 'error', inconclusive: 'note', upheld: 'none' } as const;
const LEVEL = { clause: 'error', probe: 'note', signal: 'note' } as const;

interface Rule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly defaultConfiguration: { readonly level: 'error' | 'note' | 'none' };
}

/** A message in which braces are no placeholder and brackets no link. */
function message(text: string): { readonly text: string } {
  return { text: messageText(text).replace(/[{}]/g, '$&$&').replaceAll('](', '] (') };
}

function ruleId(type: Finding['type'], name: string): string {
  return type === 'verdict' ? type : `${type}/${nameText(name)}`;
}

function rule(id: string, text: string, level: Rule['defaultConfiguration']['level']): Rule {
  return { id, shortDescription: message(text), defaultConfiguration: { level } };
}

/** One rule per id: the verdict, every signal and clause, and the probes that failed. */
function rules(report: Report): readonly Rule[] {
  const all = [
    rule('verdict', 'The candidate is the version it is sold as', VERDICT_LEVEL[report.verdict.outcome]),
    ...report.signals.map(({ id, title, spoofing }) =>
      rule(ruleId('signal', id), `${title} (${SPOOFING_WORD[spoofing]})`, LEVEL.signal),
    ),
    ...report.clauses.map(({ id, expected }) =>
      rule(ruleId('clause', id), `Acceptance clause ${id}: ${expected}`, LEVEL.clause),
    ),
    ...findings(report)
      .filter(({ type }) => type === 'probe')
      .map(({ name }) => rule(ruleId('probe', name), `Probe ${name} brings data`, LEVEL.probe)),
  ];
  return [...new Map(all.map((entry) => [entry.id, entry])).values()];
}

/** SARIF allows a level only beside kind `fail`; an open verdict takes the note from its rule. */
function severity({ type }: Finding, outcome: Outcome) {
  if (type !== 'verdict') return { kind: 'fail', level: LEVEL[type] };
  return {
    refuted: { kind: 'fail', level: 'error' },
    inconclusive: { kind: 'open' },
    upheld: { kind: 'pass', level: 'none' },
  }[outcome];
}

/** What was not measured is told, and is neither a finding nor a pass. */
function notifications(report: Report): readonly object[] {
  const skipped = report.signals.flatMap((signal) =>
    signal.status === 'skipped' ? [`Signal ${signal.id} skipped: ${signal.reason}`] : [],
  );
  const unavailable = troubles(report)
    .filter(({ status }) => status !== 'failed')
    .map(({ probe, status, message: why }) => `Probe ${probe} ${status}: ${why}`);
  return [
    ...[...skipped, ...unavailable].map((text) => ({ level: 'note', message: message(text) })),
    ...report.warnings.map((text) => ({ level: 'warning', message: message(text) })),
  ];
}

/** SARIF 2.1.0 with one run. Code scanning shows a result by its place, so each one has the first line. */
export function renderSarif(report: Report): string {
  const { candidate, verdict, tool } = report;
  const { eValue, falseAccusationRate } = verdict;
  const known = rules(report);
  const artifactLocation = { uri: relativeUri(candidate.label) };
  const results = findings(report).map((finding) => ({
    ruleId: ruleId(finding.type, finding.name),
    ruleIndex: known.findIndex(({ id }) => id === ruleId(finding.type, finding.name)),
    ...severity(finding, verdict.outcome),
    ...(finding.type === 'verdict' && { properties: { eValue, falseAccusationRate } }),
    message: message(finding.message),
    locations: [{ physicalLocation: { artifactLocation, region: { startLine: 1 } } }],
  }));
  const driver = { name: nameText(tool.name), version: nameText(tool.version), rules: known };
  const invocations = [{ executionSuccessful: true, toolExecutionNotifications: notifications(report) }];
  return canonicalJson({
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [{ tool: { driver }, invocations, results }],
  });
}
