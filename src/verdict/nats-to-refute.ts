import { accusersOf, isMeasured } from './groups.js';

/** Where an accusation stands. */
export interface Standing {
  /** Weight of every rival in the accusation; they sum to 1. */
  readonly bets?: Readonly<Record<string, number>>;
  readonly candidateKind?: string;
  readonly eValue?: number;
  readonly falseAccusationRate?: number;
}

/**
 * Nats a silent group would have to give against the claim for the e-value to refute it. The e-value is a mean over the
 * groups that may accuse, so one of them has to outweigh the silence of all others; a measured rival counts by its bet.
 */
export function natsToRefute(
  group: string,
  { bets = {}, candidateKind = 'onnx', eValue = 1, falseAccusationRate = 1 }: Standing,
  rival: string,
): number {
  const enough = 1 / falseAccusationRate;
  if (eValue >= enough) return 0;
  const share = accusersOf(candidateKind)[group];
  if (share === undefined) return Number.POSITIVE_INFINITY;
  return Math.log(((enough - eValue) / share + 1) / (isMeasured(group) ? (bets[rival] ?? 0) : 1));
}
