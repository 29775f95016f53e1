import type { Report, Spoofing, Verdict } from '../core/types.js';
import { formatPercent } from './number.js';
import { nameText } from './text.js';

/** A sentence in pieces, so that each format can set off names that come from a candidate or a profile. */
export type Phrase = readonly (string | { readonly name: string })[];

export const OUTCOME_WORD: Readonly<Record<Verdict['outcome'], string>> = {
  upheld: 'Upheld',
  refuted: 'Refuted',
  inconclusive: 'Inconclusive',
};

export const SPOOFING_WORD: Readonly<Record<Spoofing, string>> = {
  trivial: 'trivial to fake',
  costly: 'costly to fake',
  infeasible: 'infeasible to fake',
};

function explanation(report: Report, lead: string): Phrase {
  const { variant, kind, kindProbability } = report.verdict;
  if (variant === report.claim.variant || kind === 'unknown') return [];
  const told = (words: readonly string[]): string[] =>
    kindProbability === null || kindProbability > 0.999
      ? [...words]
      : [...words, `probability ${formatPercent(kindProbability)}`];
  if (variant !== null) {
    const beside = told(kind === variant ? [] : [nameText(kind)]);
    return [`; ${lead} `, { name: variant }, beside.length === 0 ? '' : ` (${beside.join(', ')})`];
  }
  const words =
    kind === 'other' ? 'none of the profiled versions' : `a ${kind} model that the profile does not hold`;
  return [`; ${lead} ${told([words]).join(', ')}`];
}

/** The verdict without its first word. */
export function verdictPhrase(report: Report): Phrase {
  const { outcome, confidence } = report.verdict;
  const candidate = { name: report.candidate.label };
  const version = [{ name: report.claim.variant }, ' version of profile ', { name: report.claim.profile }];
  const sure = `, confidence ${formatPercent(confidence)}.`;
  if (outcome === 'upheld') return ['candidate ', candidate, ' is the ', ...version, sure];
  if (outcome === 'refuted') {
    return [
      'candidate ',
      candidate,
      ' is not the ',
      ...version,
      ...explanation(report, 'it is best explained as'),
      sure,
    ];
  }
  const leads = report.verdict.variant === report.claim.variant;
  const leading = leads
    ? ['; it is the leading explanation']
    : explanation(report, 'the leading explanation is');
  const open = ['the evidence does not decide whether candidate ', candidate, ' is the ', ...version];
  return [...open, ...leading, leading.length === 0 ? '.' : sure];
}

/** Join a phrase, marking each name. */
export function phraseText(phrase: Phrase, mark: (name: string) => string): string {
  return phrase.map((part) => (typeof part === 'string' ? part : mark(nameText(part.name)))).join('');
}

/** The verdict in one plain-text sentence; names from outside stand in backquotes. */
export function verdictSentence(report: Report): string {
  return `${OUTCOME_WORD[report.verdict.outcome]}: ${phraseText(verdictPhrase(report), (name) => `\`${name}\``)}`;
}

/** How many signals could be measured: what was not run is neither clean nor suspicious. */
export function signalCoverage(report: Report): string {
  const count = (status: string) => report.signals.filter((signal) => signal.status === status).length;
  return `${count('scored')} scored · ${count('skipped')} skipped · ${count('errored')} errored`;
}

/** Acceptance clauses are judged apart from the claim, so an upheld claim can still fail one. */
export function clauseCoverage(report: Report): string {
  const failed = report.clauses.filter((clause) => !clause.passed).length;
  const total = report.clauses.length;
  const clauses = total === 1 ? 'acceptance clause' : 'acceptance clauses';
  if (total === 0) return 'no acceptance clauses';
  return failed === 0 ? `${total} of ${total} ${clauses} passed` : `${failed} of ${total} ${clauses} failed`;
}
