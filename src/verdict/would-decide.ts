import type { Remedy, SignalCalibration, SignalResult } from '../core/types.js';
import { coded } from './blocked-by.js';
import { type Blocker, COSTLY_SUPPORT } from './blockers.js';
import type { Cost, Costs } from './costs.js';
import {
  canDecide,
  type Expected,
  expectedOf,
  expectedSentence,
  type Needed,
  suffices,
  together,
} from './expected-nats.js';
import { liftBlockers } from './lift-blockers.js';
import { natsToRefute } from './nats-to-refute.js';
import { NOTABLE } from './testimony.js';
import { beyondTwins, silentGroups } from './ways-to-decide.js';
import type { Weighing } from './weigh.js';

/** An open case. */
export interface OpenCase {
  readonly weighing: Pick<Weighing, 'votes'>;
  readonly bets?: Readonly<Record<string, number>>;
  readonly blockers: readonly Blocker[];
  readonly twins?: readonly string[];
  readonly candidateKind?: string;
  readonly needed?: Needed;
  readonly eValue?: number;
  readonly falseAccusationRate?: number;
  readonly calibration?: Readonly<Record<string, SignalCalibration>>;
  readonly costs?: Costs | undefined;
}

/** A group that could still speak. */
interface Way {
  readonly remedy: Remedy;
  readonly expected: Expected | undefined;
  readonly needed: Needed;
  /** Cheap to fake where what is costly to fake is lacking. */
  readonly cannotUphold: boolean;
}

const UNKNOWN: Needed = { uphold: Number.POSITIVE_INFINITY, refute: Number.POSITIVE_INFINITY };

/**
 * What would decide an open case, what lifts blockers first where the claim leads. Where the profile says what a signal
 * gives, the cheapest that is expected to suffice comes next, and what cannot decide is left out.
 */
export function whatWouldDecide(
  open: OpenCase,
  claim: string,
  rival: string,
  signals: readonly SignalResult[],
  leads: boolean,
): Remedy[] {
  const { twins = [], candidateKind = 'onnx', blockers, costs } = open;
  const ways = waysOf(open, claim, rival, signals);
  const able = ways.filter((way) => couldDecide(way, ways));
  const enough = able.filter(isEnough).sort((a, b) => effort(a) - effort(b));
  const lifted = liftBlockers(blockers, costs);
  const larger = costs?.larger();
  const remedies = [
    ...(leads ? lifted : []),
    ...enough.map(({ remedy }) => remedy),
    ...beyondTwins(twins, claim, candidateKind).map((sentence) => ({ sentence })),
    ...able
      .filter((way) => !isEnough(way))
      .sort((a, b) => Number(a.cannotUphold) - Number(b.cannotUphold))
      .map(({ remedy }) => remedy),
    ...(leads ? [] : lifted),
    ...(larger ? [largerSuite(larger)] : []),
  ];
  if (remedies.length > 0 || ways.length === 0) return remedies;
  return [
    { sentence: 'Nothing left to measure is expected to decide: the references differ too little in it.' },
  ];
}

function waysOf(open: OpenCase, claim: string, rival: string, signals: readonly SignalResult[]): Way[] {
  const { weighing, blockers, candidateKind = 'onnx', needed = UNKNOWN, calibration = {}, costs } = open;
  const spoke = weighing.votes.map(({ group }) => group);
  const failed = coded(blockers, 'probe-failed').map(({ probe }) => probe);
  const cheap = blockers.some(({ code }) => code === 'only-cheap-evidence');
  return silentGroups(candidateKind, spoke).flatMap(({ group, sentence }) => {
    const silent = signals.filter((signal) => signal.group === group && signal.status !== 'scored');
    const lacks = costs ? silent.map(({ id }) => costs.missing(id)).filter(({ length }) => length > 0) : [];
    // Running a failed probe to its end is a remedy of its own.
    if (lacks.length > 0 && lacks.every((probes) => probes.every((probe) => failed.includes(probe))))
      return [];
    const expected = expectedOf(silent, calibration, claim, rival);
    const cannotUphold = cheap && silent.length > 0 && silent.every(({ spoofing }) => spoofing === 'trivial');
    const own = {
      uphold: cannotUphold ? Number.POSITIVE_INFINITY : toUphold(needed.uphold, cheap),
      refute: Math.max(needed.refute, natsToRefute(group, open, rival)),
    };
    const rest = expected ? expectedSentence(expected, own, claim, rival) : '';
    const cost = cheapest(lacks.flatMap((probes) => costs?.of(probes) ?? []));
    return [{ remedy: { sentence: `${sentence}${rest}`, ...cost }, expected, needed: own, cannotUphold }];
  });
}

/** Where only costly evidence lacks, it must outweigh its rivals ten to one; where nothing lacks, nothing more is wanted. */
function toUphold(needed: number, cheap: boolean): number {
  if (cheap) return Math.max(needed, COSTLY_SUPPORT);
  return needed > 0 ? needed : Number.POSITIVE_INFINITY;
}

function isEnough({ expected, needed }: Way): boolean {
  return expected !== undefined && suffices(expected, needed);
}

/** Alone, or for the claim with all others whose power is known; of what is not calibrated nobody knows. */
function couldDecide({ expected, needed }: Way, ways: readonly Way[]): boolean {
  if (expected === undefined || canDecide(expected, needed)) return true;
  if (Math.max(expected.claim, expected.rival ?? 0) < NOTABLE) return false;
  const all = ways.flatMap((way) =>
    way.expected
      ? [{ ...way.expected, claim: Number.isFinite(way.needed.uphold) ? way.expected.claim : 0 }]
      : [],
  );
  return together(all) >= needed.uphold;
}

function cheapest(costs: readonly Cost[]): Cost | undefined {
  return [...costs].sort((a, b) => a.tokens - b.tokens || a.requests - b.requests)[0];
}

function effort({ remedy: { requests, tokens } }: Way): number {
  return tokens ?? requests ?? Number.POSITIVE_INFINITY;
}

function largerSuite({ tier, requests, tokens }: Cost & { readonly tier: string }): Remedy {
  return { sentence: `The same audit with --suite ${tier}, which asks more.`, requests, tokens };
}
