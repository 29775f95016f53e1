import type {
  Evidence,
  Outcome,
  ReferenceProfile,
  SignalResult,
  VariantView,
  Verdict,
  VersionKind,
} from '../core/types.js';
import { blockersOf } from './blockers.js';
import type { Costs } from './costs.js';
import { eValueAgainst } from './e-value.js';
import { betsOf, priorOf } from './prior.js';
import { reasonsFor } from './reasons.js';
import { tokenizerTwinsOf, twinsOf } from './twins.js';
import { bestRival, weigh } from './weigh.js';

/** Accepted rate of false accusations, where the buyer chooses none. */
export const FALSE_ACCUSATION_RATE = 1e-3;
const UPHELD_FROM = 0.99;
/** A kind is named from here on; below, the verdict says `unknown`. An audit that may stop asks no more for its sake. */
export const KIND_CERTAIN = 0.95;
/**
 * Denying descent, with strangers in the profile to compare with, accuses of no more than is refuted already: of 135 relatives
 * in ten families with 0.75 to 0.95 it was right for 134 (docs/verdict.md).
 */
const OTHER_FROM = 0.75;
/** A variant is named from this share of the probability of its kind on: others of the kind may not be in the profile. */
const VARIANT_FROM = 0.9;

export interface JudgeOptions {
  /** Share of genuine deliveries that may be refuted. */
  readonly falseAccusationRate?: number;
  /** What evidence that is missing would cost. */
  readonly costs?: Costs | undefined;
}

/**
 * Weigh signals into a verdict. Refuted needs an e-value of one over the accepted rate of false accusations, and the
 * claim to be less probable than that rate; upheld needs probability 0.99, support that is costly to fake, every probe
 * completed and a delivery that does not contradict itself; all else is inconclusive and says what would decide it.
 */
export function judge(
  evidence: Evidence,
  profile: ReferenceProfile,
  claim: string,
  signals: readonly SignalResult[],
  views: readonly VariantView[],
  { falseAccusationRate = FALSE_ACCUSATION_RATE, costs }: JudgeOptions = {},
): Verdict {
  const candidateKind = evidence.candidate.kind;
  const remote = candidateKind === 'endpoint' || candidateKind === 'log';
  const twins = (remote ? tokenizerTwinsOf : twinsOf)(profile, claim);
  const weighing = weigh(signals, priorOf(views, claim), profile.calibration);
  const bets = betsOf(views, claim);
  const eValue = eValueAgainst(claim, weighing.votes, bets, candidateKind);
  const probability = weighing.posterior[claim] ?? 0;
  const blockers = blockersOf(evidence, signals, weighing, claim, profile.variants[claim]?.files);
  const outcome: Outcome =
    probability <= falseAccusationRate && eValue >= 1 / falseAccusationRate
      ? 'refuted'
      : probability >= UPHELD_FROM && blockers.length === 0
        ? 'upheld'
        : 'inconclusive';
  const kinds: Record<string, VersionKind> = {
    ...Object.fromEntries(views.map((view) => [view.id, kindOf(view, claim, profile)])),
    other: 'other',
  };
  const best = bestRival(weighing.total, claim);
  return {
    outcome,
    ...named(outcome, claim, weighing.posterior, kinds, profile),
    confidence:
      outcome === 'refuted'
        ? 1 - probability
        : outcome === 'upheld'
          ? probability
          : Math.max(...Object.values(weighing.posterior)),
    posterior: merged(weighing.posterior, profile),
    eValue,
    falseAccusationRate,
    ...reasonsFor(
      {
        ...{ weighing, blockers, outcome, twins, candidateKind, costs, bets, eValue, falseAccusationRate },
        needed: {
          uphold: logit(UPHELD_FROM) - logit(probability),
          refute: logit(probability) - logit(falseAccusationRate),
        },
        calibration: profile.calibration ?? {},
      },
      claim,
      best,
      signals,
    ),
  };
}

function logit(probability: number): number {
  return Math.log(probability / (1 - probability));
}

/** A copy of a student is a student, unless the student itself was claimed. */
function kindOf({ kind, impliedBy }: VariantView, claim: string, profile: ReferenceProfile): VersionKind {
  const origin = impliedBy === undefined ? undefined : profile.variants[impliedBy]?.kind;
  return origin === undefined || origin === 'full' || impliedBy === claim ? kind : origin;
}

function named(
  outcome: Outcome,
  claim: string,
  posterior: Readonly<Record<string, number>>,
  kinds: Readonly<Record<string, VersionKind>>,
  profile: ReferenceProfile,
): Pick<Verdict, 'kind' | 'kindProbability' | 'variant'> {
  if (outcome === 'inconclusive') return { kind: 'unknown', kindProbability: null, variant: null };
  const byKind = new Map<VersionKind, number>();
  for (const [id, probability] of Object.entries(posterior)) {
    const kind = kinds[id] ?? 'other';
    byKind.set(kind, (byKind.get(kind) ?? 0) + probability);
  }
  if (outcome === 'upheld') {
    const kind = profile.variants[claim]?.kind ?? 'other';
    return { kind, kindProbability: byKind.get(kind) ?? null, variant: claim };
  }
  const strangers = Object.values(profile.variants).some((variant) => variant.kind === 'other');
  const enough = (kind: VersionKind): number => (strangers && kind === 'other' ? OTHER_FROM : KIND_CERTAIN);
  const likely = [...byKind].find(([kind, probability]) => probability >= enough(kind));
  if (likely === undefined) return { kind: 'unknown', kindProbability: null, variant: null };
  const [kind, kindProbability] = likely;
  const variant = Object.entries(posterior).find(
    ([id, p]) =>
      profile.variants[id] !== undefined && kinds[id] === kind && p >= VARIANT_FROM * kindProbability,
  )?.[0];
  return { kind, kindProbability, variant: variant ?? null };
}

/** Posterior over the ids a reader knows: implied copies count as `other`. */
function merged(
  posterior: Readonly<Record<string, number>>,
  profile: ReferenceProfile,
): Record<string, number> {
  const out: Record<string, number> = {};
  for (const [id, probability] of Object.entries(posterior)) {
    const key = profile.variants[id] ? id : 'other';
    out[key] = (out[key] ?? 0) + probability;
  }
  return out;
}
