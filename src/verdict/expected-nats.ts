import type { SignalCalibration, SignalResult } from '../core/types.js';
import { hypothesisName } from './hypothesis-name.js';

/** Nats that an open case lacks on either side. */
export interface Needed {
  /** For the claim, before its probability suffices. */
  readonly uphold: number;
  /** Against the claim, before it is refuted. */
  readonly refute: number;
}

/** Mean nats that a group of signals gave on the references. */
export interface Expected {
  /** For the claim where it is true. */
  readonly claim: number;
  /** For its rival where that is true; absent where no reference shows that rival. */
  readonly rival: number | undefined;
}

/** What signals can be expected to give; nothing where none of them was calibrated. */
export function expectedOf(
  signals: readonly SignalResult[],
  calibration: Readonly<Record<string, SignalCalibration>>,
  claim: string,
  rival: string,
): Expected | undefined {
  const powers = signals.flatMap(({ id }) => {
    const power = Object.hasOwn(calibration, id) ? calibration[id]?.power : undefined;
    return power === undefined ? [] : [power];
  });
  if (powers.length === 0) return undefined;
  const most = (id: string): number | undefined => {
    const known = powers.flatMap((power) => power[id] ?? []);
    return known.length === 0 ? undefined : Math.max(...known);
  };
  return { claim: most(claim) ?? 0, rival: most(rival) };
}

/** Whether it is expected to decide, whichever of the two is true. */
export function suffices({ claim, rival }: Expected, { uphold, refute }: Needed): boolean {
  return claim >= uphold && (rival === undefined || rival >= refute);
}

/** Whether it is expected to decide if the right one of the two is true. */
export function canDecide({ claim, rival }: Expected, { uphold, refute }: Needed): boolean {
  return claim >= uphold || (rival ?? 0) >= refute;
}

/** Nats for the claim that several groups give together: they read other evidence than each other. */
export function together(all: readonly Expected[]): number {
  return all.reduce((sum, { claim }) => sum + claim, 0);
}

/** How the expectation reads after the sentence of a remedy. */
export function expectedSentence(expected: Expected, needed: Needed, claim: string, rival: string): string {
  const parts = [
    `${nats(expected.claim)} nats for "${claim}" if that is what runs${lacking(needed.uphold, 'uphold')}`,
    ...(expected.rival === undefined
      ? []
      : [
          `${nats(expected.rival)} against it if ${hypothesisName(rival)} does${lacking(needed.refute, 'refute')}`,
        ]),
  ];
  return ` Expected, from the references: ${parts.join(', ')}.`;
}

function lacking(needed: number, what: string): string {
  return Number.isFinite(needed) ? ` (${nats(needed)} would ${what} it)` : '';
}

function nats(value: number): string {
  return String(Number(value.toPrecision(2)));
}
