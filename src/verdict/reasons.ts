import type { Outcome, SignalResult, Verdict } from '../core/types.js';
import { haltedAccusation, rivalLeft, sideOf, sidesOf } from './against.js';
import { blockerReasons } from './blocker-reasons.js';
import { evasionsOf } from './evasions.js';
import { byWeight, testimonies } from './testimony.js';
import type { Weighing } from './weigh.js';
import { type OpenCase, whatWouldDecide } from './would-decide.js';

/** What a verdict rests on, and of an open one what it lacks. */
export interface Judgement extends OpenCase {
  readonly weighing: Weighing;
  readonly outcome: Outcome;
}

/** Reasons and what speaks against them in order of weight, what would decide, and how else this could have come about. */
export function reasonsFor(
  judgement: Judgement,
  claim: string,
  rival: string,
  signals: readonly SignalResult[],
): Pick<Verdict, 'reasons' | 'against' | 'wouldDecide' | 'evasions'> {
  const { weighing, outcome, candidateKind = 'onnx', calibration = {} } = judgement;
  const heard = testimonies(weighing, claim, rival, signals, { calibration });
  if (outcome === 'upheld') {
    const groups = new Set(heard.map(({ group }) => group));
    heard.push(
      ...testimonies(weighing, claim, rival, signals, { calibration, elsewhere: true }).filter(
        ({ group }) => !groups.has(group),
      ),
    );
  }
  const sorted = heard.sort(byWeight);
  const side = sideOf(outcome, sorted);
  const { reasons, against } = sidesOf(side, sorted);
  const halted = haltedAccusation(judgement, claim);
  const blocked = outcome === 'inconclusive' ? [...blockerReasons(judgement.blockers), ...halted] : [];
  return {
    // What blocks a claim comes first where nothing else stands in its way.
    reasons: side < 0 ? [...blocked, ...reasons] : [...reasons, ...blocked],
    // Where the claim leads, what it is contested with is its likeliest alternative.
    against: [
      ...against,
      ...(side < 0 && sorted.length > 0 ? [rivalLeft(weighing, claim)] : []),
      ...(outcome === 'upheld' ? halted : []),
    ],
    wouldDecide:
      outcome === 'inconclusive' ? whatWouldDecide(judgement, claim, rival, signals, side < 0) : [],
    evasions: evasionsOf(outcome, candidateKind, sorted),
  };
}
