import type { Outcome, Reason, Remedy, Report } from '../core/types.js';
import { formatFactor, formatNumber, formatPercent } from './number.js';

/** Over what speaks against a verdict; of an open one, over what the weightier side is contested with. */
export const AGAINST_TITLE: Readonly<Record<Outcome, string>> = {
  upheld: 'Against this verdict',
  refuted: 'Against this verdict',
  inconclusive: 'On the other side',
};

export const EVASIONS_TITLE: Readonly<Record<Outcome, string>> = {
  upheld: 'How a cheating seller could have produced this evidence',
  refuted: 'How an honest seller could have come to this evidence',
  inconclusive: 'What else could have produced this evidence',
};

/** How much evidence it takes to refute: of genuine deliveries at most this share ever gets there. */
export function thresholdText({ verdict }: Report): string {
  return `refuted from ${formatFactor(1 / verdict.falseAccusationRate)} on`;
}

export function eValueText(report: Report): string {
  return `${formatFactor(report.verdict.eValue)}, ${thresholdText(report)}`;
}

/** What the threshold promises. */
export function promiseText({ verdict }: Report): string {
  return `at most ${formatPercent(verdict.falseAccusationRate)} of genuine deliveries ever reach`;
}

/** Weight of a reason against the claim or for it; nothing where it has none of its own. */
export function weightText({ nats }: Reason): string {
  return nats === undefined || !Number.isFinite(nats) || nats === 0
    ? ''
    : `${formatNumber(Math.abs(nats))} nats ${nats > 0 ? 'against' : 'for'}`;
}

/** The signal of a reason and its weight. */
export function reasonLabel(reason: Reason): string {
  const weight = weightText(reason);
  return weight === '' ? reason.signal : `${reason.signal}, ${weight}`;
}

function counted(count: number, singular: string, plural: string): string {
  return `${formatNumber(count)} ${count === 1 ? singular : plural}`;
}

/** What a remedy costs: requests to a service, or runs of a model on the auditor's machine; nothing where unknown. */
export function costText({ requests, tokens }: Remedy, candidateKind: string): string {
  if (requests === undefined && tokens === undefined) return '';
  const remote = candidateKind === 'endpoint' || candidateKind === 'log';
  if ((requests ?? 0) === 0 && (tokens ?? 0) === 0) {
    return remote ? 'costs no further request' : 'costs no run of the model';
  }
  const parts = [
    ...(requests === undefined
      ? []
      : [
          remote
            ? counted(requests, 'request', 'requests')
            : counted(requests, 'run of the model', 'runs of the model'),
        ]),
    ...(tokens === undefined ? [] : [counted(tokens, 'token', 'tokens')]),
  ];
  return `costs about ${parts.join(', ')}`;
}

/** A remedy and its cost in one text. */
export function remedyText(remedy: Remedy, { candidate }: Report): string {
  const cost = costText(remedy, candidate.kind);
  return cost === '' ? remedy.sentence : `${remedy.sentence} C${cost.slice(1)}.`;
}
