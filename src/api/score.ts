import { canonicalJson } from '../core/canonical-json.js';
import { AssayError } from '../core/errors.js';
import { runSignals, viewsOf } from '../core/run-signals.js';
import type { Architecture, Clause, Evidence, ReferenceProfile, Report, Signal } from '../core/types.js';
import { sha256 } from '../io/files.js';
import { checkEvidence } from '../profile/evidence.js';
import { SIGNALS } from '../registry.js';
import { FALSE_ACCUSATION_RATE, judge } from '../verdict/policy.js';
import { loadProfile, toolIdentity } from './assets.js';
import { costsOf } from './costs.js';

export interface ScoreOptions {
  /** Profile object, path or shipped name. */
  readonly profile: ReferenceProfile | string;
  /** Variant the seller claims, by id or by a name it is sold under; by default the profile's first of kind full. */
  readonly claim?: string;
  /** Acceptance clauses on structural facts, e.g. `{ attentionHeads: 128 }`. */
  readonly expect?: Readonly<Record<string, number | string>>;
  readonly signals?: readonly Signal[];
  /** Share of genuine deliveries that may be refuted, in (0, 0.5]; 1e-3 by default. */
  readonly falseAccusationRate?: number;
}

/**
 * Judge evidence against a profile. Pure: the same inputs give the same report, on any machine.
 * Throws EVIDENCE_INVALID, PROFILE_NOT_FOUND, PROFILE_INVALID, or USAGE for a claim the profile does not have.
 */
export function score(evidence: Evidence, options: ScoreOptions): Report {
  checkEvidence(evidence, `of "${evidence?.candidate?.label}"`);
  const profile = typeof options.profile === 'string' ? loadProfile(options.profile) : options.profile;
  const claim = claimOf(profile, options.claim);
  const signals = options.signals ?? SIGNALS;
  const results = runSignals(evidence, profile, signals);
  const { variants } = viewsOf(profile, []);
  const same = profile.suite === undefined || evidence.suite.sha256 === profile.suite.sha256;
  return {
    schema: 'report/1',
    tool: toolIdentity(),
    candidate: evidence.candidate,
    claim: { profile: profile.id, variant: claim },
    verdict: judge(evidence, profile, claim, results, variants, {
      falseAccusationRate: rateOf(options),
      costs: costsOf(evidence, profile, signals),
    }),
    signals: results,
    clauses: Object.entries(options.expect ?? {}).map(([id, expected]) => clause(evidence, id, expected)),
    probes: Object.fromEntries(
      Object.entries(evidence.probes).map(([id, status]) => {
        if (status.status === 'failed') return [id, { status: status.status, error: status.error }];
        return [
          id,
          status.status === 'ok'
            ? { status: status.status }
            : { status: status.status, missing: status.missing },
        ];
      }),
    ),
    environment: evidence.environment,
    inputs: {
      evidence: `sha256:${sha256(canonicalJson(evidence))}`,
      profile: `sha256:${sha256(canonicalJson(profile))}`,
    },
    warnings: [
      ...evidence.warnings,
      ...(profile.suite === undefined
        ? [
            `Profile "${profile.id}" holds public facts and digests, no measurements: behaviour was not compared.`,
          ]
        : []),
      ...(same
        ? []
        : [
            'Evidence and profile were collected with different probe suites; only common prompts were compared.',
          ]),
    ],
  };
}

/** The rate of false accusations a buyer accepts. Throws USAGE for an impossible one. */
export function rateOf({
  falseAccusationRate = FALSE_ACCUSATION_RATE,
}: Omit<ScoreOptions, 'profile'>): number {
  if (falseAccusationRate > 0 && falseAccusationRate <= 0.5) return falseAccusationRate;
  throw new AssayError('USAGE', `A rate of false accusations of ${falseAccusationRate} is not possible.`, {
    hint: 'Give a share above 0 and up to 0.5, such as 0.001.',
  });
}

/** The variant claimed, by id. Throws USAGE where the profile has none of that name. */
export function claimOf(profile: ReferenceProfile, wanted: string | undefined): string {
  const ids = Object.keys(profile.variants);
  const sold = ids.find((id) => wanted !== undefined && profile.variants[id]?.aliases?.includes(wanted));
  const claim = sold ?? wanted ?? ids.find((id) => profile.variants[id]?.kind === 'full');
  const variant = claim !== undefined && Object.hasOwn(profile.variants, claim) && profile.variants[claim];
  if (claim !== undefined && variant && variant.kind !== 'other') return claim;
  const versions = ids.filter((id) => profile.variants[id]?.kind !== 'other');
  throw new AssayError(
    'USAGE',
    variant
      ? `"${claim}" is in profile "${profile.id}" to compare with, not to be claimed.`
      : `Profile "${profile.id}" has no variant "${claim}".`,
    { hint: `Variants: ${versions.join(', ')}.` },
  );
}

function clause(evidence: Evidence, id: string, expected: number | string): Clause {
  const status = evidence.probes.architecture;
  const facts: Partial<Record<string, unknown>> =
    status?.status === 'ok' ? { ...(status.data as Architecture) } : {};
  const fact = facts[id] as { value?: number | string } | null | undefined;
  const observed = fact?.value === undefined ? 'not measured' : String(fact.value);
  return { id, expected: String(expected), observed, passed: observed === String(expected) };
}
