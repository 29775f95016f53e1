import { accusersOf, isMeasured } from './groups.js';
import type { Weighing } from './weigh.js';

/** Where an accusation stands. */
export interface Standing {
  readonly weighing: Pick<Weighing, 'prior'>;
  readonly candidateKind?: string;
  readonly eValue?: number;
  readonly falseAccusationRate?: number;
}

/**
 * Nats a silent group would have to give against the claim for the e-value to refute it. The e-value is a mean over the
 * groups that may accuse, so one of them has to outweigh the silence of all others; a measured rival counts by its prior.
 */
export function natsToRefute(
  group: string,
  { weighing, candidateKind = 'onnx', eValue = 1, falseAccusationRate = 1 }: Standing,
  claim: string,
  rival: string,
): number {
  const enough = 1 / falseAccusationRate;
  if (eValue >= enough) return 0;
  const accusers = accusersOf(candidateKind);
  if (!accusers.includes(group)) return Number.POSITIVE_INFINITY;
  const { prior } = weighing;
  const share = isMeasured(group) ? (prior[rival] ?? 0) / (1 - (prior[claim] ?? 0)) : 1;
  return Math.log((accusers.length * (enough - eValue) + 1) / share);
}
