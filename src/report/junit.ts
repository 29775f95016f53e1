import type { Clause, Reason, Report, SignalResult } from '../core/types.js';
import { AGAINST_TITLE, reasonLabel, remedyText } from './explanation.js';
import { formatLogLikelihood } from './number.js';
import { verdictSentence } from './prose.js';
import { at, variantOrder } from './variants.js';
import { element, type XmlElement, xmlDocument } from './xml.js';

function verdictCase(report: Report): XmlElement {
  const message = verdictSentence(report);
  const name = `claim: ${report.claim.variant} of ${report.claim.profile}`;
  const { outcome, reasons, against, wouldDecide } = report.verdict;
  const remedies = wouldDecide.map((remedy) => remedyText(remedy, report));
  const open = remedies.length === 0 ? [] : [remedies.join(' ')];
  const line = (reason: Reason) => `${reasonLabel(reason)}: ${reason.sentence}`;
  const children = {
    upheld: [],
    refuted: [
      element('failure', { message, type: 'refuted' }, [
        ...reasons.map(line),
        ...against.map((reason) => `${AGAINST_TITLE[outcome]}: ${line(reason)}`),
      ]),
    ],
    inconclusive: [element('skipped', { message: [message, ...open].join(' Would decide: ') })],
  }[outcome];
  return element('testcase', { classname: 'verdict', name }, children);
}

function clauseCase(clause: Clause): XmlElement {
  const message = `expected ${clause.expected}, observed ${clause.observed}`;
  const children = clause.passed ? [] : [element('failure', { message, type: 'clause' })];
  return element('testcase', { classname: 'clause', name: clause.id }, children);
}

/** A scored signal is a measurement and passes; what it means for the claim is the verdict's to say. */
function signalCase(signal: SignalResult, variants: readonly string[]): XmlElement {
  const attributes = { classname: `signal.${signal.group}`, name: signal.id };
  if (signal.status === 'skipped') {
    return element('testcase', attributes, [element('skipped', { message: signal.reason })]);
  }
  if (signal.status === 'errored') {
    const { code, message, hint } = signal.error;
    const lines = hint === undefined ? [] : [`next: ${hint}`];
    return element('testcase', attributes, [
      element('error', { message: `${code}: ${message}`, type: code }, lines),
    ]);
  }
  const lines = variants
    .filter((id) => Object.hasOwn(signal.expected, id) || Object.hasOwn(signal.logLikelihood, id))
    .map(
      (id) =>
        `${id}: expected ${at(signal.expected, id) ?? '–'}, ln L ${formatLogLikelihood(at(signal.logLikelihood, id))}`,
    );
  return element('testcase', attributes, [
    element('system-out', {}, [`observed: ${signal.observed}`, ...lines]),
  ]);
}

function count(cases: readonly XmlElement[], name: string): number {
  return cases.filter((item) =>
    item.children.some((child) => typeof child !== 'string' && child.name === name),
  ).length;
}

/** JUnit XML: the verdict, each clause and each signal as a test case; what did not run is never a pass. */
export function renderJunit(report: Report): string {
  const variants = variantOrder(report);
  const cases = [
    verdictCase(report),
    ...report.clauses.map(clauseCase),
    ...report.signals.map((signal) => signalCase(signal, variants)),
  ];
  const totals = {
    tests: cases.length,
    failures: count(cases, 'failure'),
    errors: count(cases, 'error'),
    skipped: count(cases, 'skipped'),
  };
  const properties = Object.entries({
    'e-value': report.verdict.eValue,
    'false-accusation-rate': report.verdict.falseAccusationRate,
  })
    .filter(([, value]) => Number.isFinite(value))
    .map(([name, value]) => element('property', { name, value: Number(value.toPrecision(12)) }));
  const suite = element('testsuite', { name: report.candidate.label, ...totals }, [
    element('properties', {}, properties),
    ...cases,
  ]);
  return xmlDocument(element('testsuites', { name: report.tool.name, ...totals }, [suite]));
}
