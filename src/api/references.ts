import { resolve } from 'node:path';
import { canonicalJson } from '../core/canonical-json.js';
import { asksReferences } from '../core/concerns.js';
import { AssayError } from '../core/errors.js';
import type { Evidence, Probe, ReferenceProfile, VersionKind } from '../core/types.js';
import { sha256 } from '../io/files.js';
import { runOf } from '../profile/measurements.js';
import { PROBES } from '../registry.js';
import type { CandidateInput } from '../sources/open.js';
import { type CollectOptions, collect } from './collect.js';

/** A trusted artifact, or a trusted endpoint, and the version it is. */
export interface Reference {
  readonly variant: string;
  /** Not needed where the profile has the variant. */
  readonly kind?: VersionKind;
  readonly candidate: CandidateInput;
}
type Known = Reference & { readonly kind: VersionKind };

/**
 * Measure references with the suite, the seed and the probes that gave evidence of the candidate, and add what they
 * show to a profile, as runs of their variants; without a profile they make one. A local reference answers as an
 * endpoint does. Asked once, with the candidate's seed, a reference has no repeat to be judged by: what the profile says
 * of noise and power stays as it is. Throws USAGE for a variant without a kind, or of another kind than the profile's.
 */
export async function profileWith(
  references: readonly Reference[],
  evidence: Evidence,
  profile: ReferenceProfile | undefined,
  options: CollectOptions,
): Promise<ReferenceProfile> {
  const { probes = PROBES } = options;
  const wanted = probes.filter((probe) => isAnswered(probe, evidence));
  const { only: _only, maxRequests: _requests, maxTokens: _tokens, ...shared } = options;
  let grown: ReferenceProfile = profile ?? NONE;
  for (const reference of withKinds(references, profile)) {
    const measured = await collect(reference.candidate, {
      ...shared,
      likeEndpoint: true,
      probes: wanted,
      seed: evidence.seed,
    });
    grown = withRun(grown, reference, measured);
  }
  return grown;
}

const NONE: ReferenceProfile = { schema: 'profile/1', id: 'references', variants: {} };

/** What each reference is, said before anything is measured. Throws USAGE as `profileWith` does. */
export function withKinds(
  references: readonly Reference[],
  { id, variants }: ReferenceProfile = NONE,
): Known[] {
  const kinds = new Map(Object.entries(variants).map(([name, { kind }]) => [name, kind]));
  return references.map((reference) => {
    const kind = kindOf(reference, id, kinds);
    kinds.set(reference.variant, kind);
    return { ...reference, kind };
  });
}

function isAnswered(probe: Probe, { probes }: Evidence): boolean {
  return probes[probe.id]?.status === 'ok' && asksReferences(probe);
}

function kindOf(
  { variant, kind }: Reference,
  profile: string,
  kinds: ReadonlyMap<string, VersionKind>,
): VersionKind {
  const known = kinds.get(variant);
  const stated = kind ?? known;
  if (stated === undefined) {
    throw new AssayError(
      'USAGE',
      `Profile "${profile}" has no variant "${variant}", and no kind is given for it.`,
      {
        hint: `Write ${variant}:distilled=…, or one of: ${[...kinds.keys()].join(', ')}.`,
      },
    );
  }
  if (known !== undefined && known !== stated) {
    throw new AssayError(
      'USAGE',
      `Variant "${variant}" of profile "${profile}" is ${known}, not ${stated}.`,
      {
        hint: 'Leave the kind out, or give the reference a name of its own.',
      },
    );
  }
  // Two full versions of one product would accuse each other, were they the same weights under two names.
  const full = [...kinds].find(([, each]) => each === 'full')?.[0];
  if (known === undefined && stated === 'full' && full !== undefined) {
    throw new AssayError(
      'USAGE',
      `Profile "${profile}" has the full version "${full}"; is "${variant}" that one?`,
      {
        hint: `Write ${full}=… if it is, or give another kind.`,
      },
    );
  }
  return stated;
}

function withRun(
  profile: ReferenceProfile,
  { variant: id, kind, candidate }: Known,
  evidence: Evidence,
): ReferenceProfile {
  const known = Object.hasOwn(profile.variants, id) ? profile.variants[id] : undefined;
  const variant = known ?? { kind, facts: {}, digests: [], runs: [] };
  const run = runOf(
    evidence,
    sha256(typeof candidate === 'string' ? resolve(candidate) : canonicalJson(candidate)),
  );
  return {
    ...profile,
    suite: profile.suite ?? evidence.suite,
    variants: { ...profile.variants, [id]: { ...variant, runs: [...variant.runs, run] } },
  };
}
