import type { Measured, Reason, SignalCalibration, SignalResult } from '../core/types.js';
import { hypothesisName } from './hypothesis-name.js';
import { bestRival, relative, type Vote, type Weighing } from './weigh.js';

/** Votes below this many nats are not worth a sentence. */
export const NOTABLE = 0.5;

type Scored = SignalResult & Measured;
type Calibration = Readonly<Record<string, SignalCalibration>>;

/** What the vote of one group says of the claim beside one rival. */
export interface Testimony {
  readonly group: string;
  /** Nats against the claim. */
  readonly nats: number;
  /** Of the signal whose likelihoods made the vote. */
  readonly carried: Reason;
  /** Of signals that say the same and share the vote, without nats of their own. */
  readonly shared: readonly Reason[];
  /** Of signals that say the opposite and are outvoted, strongest first. */
  readonly outvoted: readonly Reason[];
}

/** What each vote says of the claim beside `rival`; beside its own best rival where `elsewhere` is set. */
export function testimonies(
  { votes }: Pick<Weighing, 'votes'>,
  claim: string,
  rival: string,
  signals: readonly SignalResult[],
  { calibration = {}, elsewhere = false }: { calibration?: Calibration; elsewhere?: boolean } = {},
): Testimony[] {
  return votes.flatMap((vote) => {
    const beside = elsewhere ? bestRival(vote.vote, claim) : rival;
    const nats = (vote.vote[beside] ?? 0) - (vote.vote[claim] ?? 0);
    return Math.abs(nats) < NOTABLE ? [] : testimony(vote, nats, claim, beside, signals, calibration);
  });
}

/** Strongest first, whichever side it is on. */
export function byWeight(a: Testimony, b: Testimony): number {
  return Math.abs(b.nats) - Math.abs(a.nats);
}

function testimony(
  { group, signals: ids }: Vote,
  nats: number,
  claim: string,
  rival: string,
  signals: readonly SignalResult[],
  calibration: Calibration,
): Testimony[] {
  const side = Math.sign(nats);
  const told = ids
    .flatMap((id) => signals.filter((signal): signal is Scored => signal.id === id && isScored(signal)))
    .map((signal) => ({ signal, own: side * ownNats(signal, claim, rival, calibration) }))
    .sort((a, b) => b.own - a.own);
  const [carrier] = told;
  if (carrier === undefined) return [];
  const say = ({ signal }: { signal: Scored }, direction: number, rest = ''): Reason => ({
    signal: signal.id,
    sentence: `${sentence(signal, claim, rival, direction)}${rest}`,
  });
  return [
    {
      group,
      nats,
      carried: { ...say(carrier, side), nats: rounded(nats) },
      shared: told
        .slice(1)
        .filter(({ own }) => own >= NOTABLE)
        .map((one) => say(one, side, ` It shares the vote of ${carrier.signal.id}.`)),
      outvoted: told
        .filter(({ own }) => own <= -NOTABLE)
        .reverse()
        .map((one) =>
          say(one, -side, ` It is outvoted by ${carrier.signal.id}, which reads the same evidence.`),
        ),
    },
  ];
}

function isScored(signal: SignalResult): signal is Scored {
  return signal.status === 'scored';
}

/** Nats of one signal against the claim, as its vote counts them. */
function ownNats(
  { id, logLikelihood }: Scored,
  claim: string,
  rival: string,
  calibration: Calibration,
): number {
  const said = relative(logLikelihood, [claim, rival], calibration[id]?.noise ?? 0);
  const nats = (said?.[rival] ?? 0) - (said?.[claim] ?? 0);
  return Number.isNaN(nats) ? 0 : nats;
}

/** Two decimals, never minus zero. */
export function rounded(nats: number): number {
  return Math.round(nats * 100) / 100 + 0;
}

function sentence(
  { title, observed, expected }: Scored,
  claim: string,
  rival: string,
  direction: number,
): string {
  const side = `${title}, ${direction > 0 ? 'against' : 'for'} "${claim}"`;
  const own = expected[claim] ? `; "${claim}" shows ${expected[claim]}` : '';
  const other = direction > 0 && expected[rival] ? `; ${hypothesisName(rival)} shows ${expected[rival]}` : '';
  return `${side}: observed ${observed}${own}${other}.`;
}
