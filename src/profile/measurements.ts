import { createHash } from 'node:crypto';
import { canonicalJson } from '../core/canonical-json.js';
import { AssayError } from '../core/errors.js';
import type {
  Evidence,
  FactValue,
  FilesEvidence,
  ReferenceRun,
  ReferenceVariant,
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

/** A reference as a profile keeps it. Repeats of an artifact that say the same share the data of the first. */
export interface Measurement extends VariantEvidence {
  readonly run: ReferenceRun;
  /** SHA-256 of its weights; null where nobody sees them. */
  readonly digest: string | null;
}

/** References as a profile keeps them. Throws PROFILE_INVALID where files were not hashed. */
export function measurementsOf(references: readonly VariantEvidence[]): Measurement[] {
  const known = new Map<string, unknown>();
  return references.map((reference) => {
    const { evidence } = reference;
    const digest = evidence.candidate.kind === 'endpoint' ? null : digestOf(evidence);
    const run = runOf(evidence, digest ?? artifactOf(evidence));
    const shared = Object.entries(run.probes).map(([probe, data]): [string, unknown] => {
      const same = sha256(`${run.artifact} ${probe} ${canonicalJson(data)}`);
      if (!known.has(same)) known.set(same, data);
      return [probe, known.get(same)];
    });
    return { ...reference, digest, run: { ...run, probes: Object.fromEntries(shared) } };
  });
}

/** Variants as a profile has them. Throws PROFILE_INVALID for one that is given as two kinds. */
export function variantsOf(measured: readonly Measurement[]): Record<string, ReferenceVariant> {
  const variants: Record<string, ReferenceVariant> = {};
  for (const { variant, kind, facts, digest, run } of measured) {
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
      digests: [...new Set([...(known?.digests ?? []), ...(digest === null ? [] : [digest])])],
      runs: [...(known?.runs ?? []), withoutRepeats(run, known?.runs ?? [])],
    };
  }
  return variants;
}

/** Server and model, as evidence names them, stand for the weights nobody sees. */
function artifactOf({ candidate }: Evidence): string {
  return sha256(`${candidate.kind} ${candidate.label}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
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
    ([id, data]) => !same.some(({ probes }) => probes[id] === data),
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
