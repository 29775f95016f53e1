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
import { reasonsFor } from './reasons.js';
import { tokenizerTwinsOf, twinsOf } from './twins.js';
import { bestRival, weigh } from './weigh.js';

/** A claim is refuted below this probability: the accepted rate of false accusations. */
const REFUTED_BELOW = 1e-3;
const UPHELD_FROM = 0.99;
/** A kind or variant is named from here on; below, the verdict says `unknown`. */
const NAMED_FROM = 0.95;

/**
 * Weigh signals into a verdict. Upheld needs probability 0.99, support that is costly to fake, every probe
 * completed and a delivery that does not contradict itself; refuted needs the claim below 1 in 1,000; all else
 * is inconclusive and says what would decide it.
 */
export function judge(
  evidence: Evidence,
  profile: ReferenceProfile,
  claim: string,
  signals: readonly SignalResult[],
  views: readonly VariantView[],
  costs?: Costs,
): Verdict {
  const candidateKind = evidence.candidate.kind;
  const remote = candidateKind === 'endpoint' || candidateKind === 'log';
  const twins = (remote ? tokenizerTwinsOf : twinsOf)(profile, claim);
  const weighing = weigh(signals, [...views.map(({ id }) => id), 'other'], claim);
  const probability = weighing.posterior[claim] ?? 0;
  const blockers = blockersOf(evidence, signals, weighing, claim, profile.variants[claim]?.files);
  const outcome: Outcome =
    probability <= REFUTED_BELOW
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
    eValue: Math.exp((weighing.total[best] ?? 0) - (weighing.total[claim] ?? 0)),
    falseAccusationRate: REFUTED_BELOW,
    ...reasonsFor(
      {
        ...{ weighing, blockers, outcome, twins, candidateKind, costs },
        needed: {
          uphold: logit(UPHELD_FROM) - logit(probability),
          refute: logit(probability) - logit(REFUTED_BELOW),
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
): { kind: Verdict['kind']; variant: string | null } {
  if (outcome === 'upheld') return { kind: profile.variants[claim]?.kind ?? 'unknown', variant: claim };
  if (outcome === 'inconclusive') return { kind: 'unknown', variant: null };
  const byKind = new Map<VersionKind, number>();
  for (const [id, probability] of Object.entries(posterior)) {
    const kind = kinds[id] ?? 'other';
    byKind.set(kind, (byKind.get(kind) ?? 0) + probability);
  }
  const kind = [...byKind].find(([, probability]) => probability >= NAMED_FROM)?.[0] ?? 'unknown';
  const variant = Object.entries(posterior).find(
    ([id, p]) => p >= NAMED_FROM && profile.variants[id] !== undefined,
  )?.[0];
  return { kind, variant: variant ?? null };
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
