import { createHash } from 'node:crypto';
import { canonicalJson } from '../core/canonical-json.js';
import { AssayError } from '../core/errors.js';
import type {
  Evidence,
  FactValue,
  FilesEvidence,
  ReferenceProfile,
  ReferenceRun,
  VersionKind,
} from '../core/types.js';

/** Evidence of one trusted artifact, to be kept as a reference of a variant. */
export interface VariantEvidence {
  readonly variant: string;
  readonly kind: VersionKind;
  readonly evidence: Evidence;
  /** Structural facts of its architecture, by name. */
  readonly facts: Readonly<Record<string, FactValue>>;
}

/** Enough of a digest to tell artifacts apart. */
const ARTIFACT_LENGTH = 16;

/** Raw continuations are not compared, only what is measured on them; leaving them out keeps profiles readable. */
const NOT_KEPT = new Set(['files', 'generation']);

/**
 * A profile from measured references. Facts on which the artifacts of a variant disagree are left out. Throws
 * PROFILE_INVALID when a reference could not be measured or no variant is full.
 */
export function assembleProfile(id: string, references: readonly VariantEvidence[]): ReferenceProfile {
  const first = references[0];
  if (!first || !references.some(({ kind }) => kind === 'full')) {
    throw new AssayError('PROFILE_INVALID', `Profile "${id}" has no variant of kind full.`, {
      hint: 'Give at least one --variant ID:full=PATH.',
    });
  }
  const variants: Record<string, ReferenceProfile['variants'][string]> = {};
  for (const { variant, kind, evidence, facts } of references) {
    const weightsDigest = evidence.candidate.kind === 'endpoint' ? null : digestOf(evidence);
    const known = variants[variant];
    if (known && known.kind !== kind) {
      throw new AssayError(
        'PROFILE_INVALID',
        `Variant "${variant}" is given as ${known.kind} and as ${kind}.`,
        {
          hint: 'Use one kind for all artifacts of a variant.',
        },
      );
    }
    variants[variant] = {
      kind,
      facts: known ? common(known.facts, facts) : facts,
      digests: [...new Set([...(known?.digests ?? []), ...(weightsDigest === null ? [] : [weightsDigest])])],
      runs: [
        ...(known?.runs ?? []),
        withoutRepeats(runOf(evidence, weightsDigest ?? artifactOf(evidence)), known?.runs ?? []),
      ],
    };
  }
  return { schema: 'profile/1', id, suite: first.evidence.suite, variants };
}

/** Server and model, as evidence names them, stand for the weights nobody sees. */
function artifactOf({ candidate }: Evidence): string {
  return createHash('sha256').update(`${candidate.kind} ${candidate.label}`).digest('hex');
}

/** A reference without digests could never be recognised by its files. Throws PROFILE_INVALID. */
function digestOf(evidence: Evidence): string {
  const { weightsDigest } = required<FilesEvidence>(evidence, 'files');
  if (weightsDigest !== null) return weightsDigest;
  throw new AssayError(
    'PROFILE_INVALID',
    `The files of reference "${evidence.candidate.label}" were not hashed.`,
    {
      hint: 'Measure it again without headers-only.',
    },
  );
}

/** A deterministic probe says the same in every run; storing it once keeps profiles small and runs honest. */
function withoutRepeats(run: ReferenceRun, earlier: readonly ReferenceRun[]): ReferenceRun {
  const same = earlier.filter(({ artifact }) => artifact === run.artifact);
  const fresh = Object.entries(run.probes).filter(
    ([id, data]) => !same.some(({ probes }) => canonicalJson(probes[id] ?? null) === canonicalJson(data)),
  );
  return { ...run, probes: Object.fromEntries(fresh) };
}

/** What a profile keeps of a measurement; `artifact` tells one measured thing from another. */
export function runOf(evidence: Evidence, artifact: string): ReferenceRun {
  const probes = Object.entries(evidence.probes).flatMap(([id, status]): [string, unknown][] =>
    status.status === 'ok' && !NOT_KEPT.has(id) ? [[id, status.data]] : [],
  );
  return {
    artifact: artifact.slice(0, ARTIFACT_LENGTH),
    seed: evidence.seed,
    environment: evidence.environment,
    probes: Object.fromEntries(probes),
  };
}

function common(
  a: Readonly<Record<string, FactValue>>,
  b: Readonly<Record<string, FactValue>>,
): Record<string, FactValue> {
  return Object.fromEntries(Object.entries(a).filter(([key, value]) => b[key] === value));
}

/** Data of a probe a reference must have. Throws PROFILE_INVALID. */
export function required<T>(evidence: Evidence, probe: string): T {
  const status = evidence.probes[probe];
  if (status?.status === 'ok') return status.data as T;
  const why =
    status?.status === 'failed' ? `${status.error.code}: ${status.error.message}` : 'it was not run';
  throw new AssayError(
    'PROFILE_INVALID',
    `Reference "${evidence.candidate.label}" has no ${probe} (${why}).`,
    {
      hint: 'A reference must be measured completely; repair it first.',
    },
  );
}
