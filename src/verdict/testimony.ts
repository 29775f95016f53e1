import type { Measured, Reason, SignalResult } from '../core/types.js';
import { hypothesisName } from './hypothesis-name.js';
import { bestRival, type Weighing } from './weigh.js';

/** Votes below this many nats are not worth a sentence. */
export const NOTABLE = 0.5;

type Vote = Weighing['votes'][number];
type Scored = SignalResult & Measured;

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
  { votes }: Weighing,
  claim: string,
  rival: string,
  signals: readonly SignalResult[],
  elsewhere = false,
): Testimony[] {
  return votes.flatMap((vote) => {
    const beside = elsewhere ? bestRival(vote.vote, claim) : rival;
    const nats = (vote.vote[beside] ?? 0) - (vote.vote[claim] ?? 0);
    return Math.abs(nats) < NOTABLE ? [] : testimony(vote, nats, claim, beside, signals);
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
): Testimony[] {
  const side = Math.sign(nats);
  const told = ids
    .flatMap((id) => signals.filter((signal): signal is Scored => signal.id === id && isScored(signal)))
    .map((signal) => ({ signal, own: side * ownNats(signal, claim, rival) }))
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

/** Nats of one signal against the claim; what it does not mention is as good as its best. */
function ownNats({ logLikelihood }: Measured, claim: string, rival: string): number {
  const best = Math.max(...Object.values(logLikelihood));
  const nats = (logLikelihood[rival] ?? best) - (logLikelihood[claim] ?? best);
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
