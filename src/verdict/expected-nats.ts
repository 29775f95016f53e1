import type { SignalCalibration, SignalResult } from '../core/types.js';
import { capOf } from './groups.js';
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

/** What a group can be expected to give, less its noise and within its cap; nothing where no signal of it was calibrated. */
export function expectedOf(
  group: string,
  signals: readonly SignalResult[],
  calibration: Readonly<Record<string, SignalCalibration>>,
  claim: string,
  rival: string,
): Expected | undefined {
  const known = signals.flatMap(({ id }) => (Object.hasOwn(calibration, id) ? (calibration[id] ?? []) : []));
  if (known.length === 0) return undefined;
  const most = (id: string): number | undefined => {
    const given = known.flatMap(({ power, noise }) => {
      const nats = Object.hasOwn(power, id) ? power[id] : undefined;
      return nats === undefined ? [] : [Math.max(0, nats - noise)];
    });
    return given.length === 0 ? undefined : Math.min(capOf(group), Math.max(...given));
  };
  // Strangers of a profile are no bound for those it has not met.
  return { claim: most(claim) ?? 0, rival: rival === 'other' ? undefined : most(rival) };
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
