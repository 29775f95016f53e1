import type { Evidence, FactSource, FactValue, FilesEvidence, ReferenceProfile, Report } from 'model-assay';
import { loadProfile, score } from 'model-assay';

/** Facts as evidence, each from the given source. */
export type Shown = Readonly<Record<string, FactValue | null>>;

/** Architecture evidence of files that were never here: what a reader of headers would have found. */
export function evidenceOf(
  from: Readonly<Partial<Record<FactSource, Shown>>>,
  files?: Partial<FilesEvidence>,
): Evidence {
  const facts = Object.entries(from).flatMap(([source, shown]) =>
    Object.entries(shown).map(([name, value]) => [name, value === null ? null : { value, from: source }]),
  );
  const architecture = {
    weightBits: null,
    weightTypes: {},
    contradictions: [],
    ...Object.fromEntries(facts),
  };
  const ok = (data: unknown) => ({ status: 'ok', version: 1, data }) as const;
  return {
    schema: 'evidence/1',
    tool: { name: 'model-assay', version: '0' },
    candidate: { kind: 'safetensors', label: 'constructed', digest: null },
    collectedAt: '2026-01-01T00:00:00.000Z',
    environment: {},
    seed: 0,
    suite: { id: 'none', tier: 'quick', sha256: '' },
    probes: {
      architecture: ok(architecture),
      ...(files && { files: ok({ files: [], digest: '', weights: [], weightsDigest: '', ...files }) }),
    },
    warnings: [],
  };
}

const loaded = new Map<string, ReferenceProfile>();
function profileOf(id: string): ReferenceProfile {
  const profile = loaded.get(id) ?? loadProfile(id);
  loaded.set(id, profile);
  return profile;
}

/** Facts a profile states of a variant, confirmed or not. */
export function factsOf(profile: string, variant: string): Record<string, FactValue> {
  return { ...profileOf(profile).variants[variant]?.facts };
}

export function judged(evidence: Evidence, profile: string, claim: string): Report {
  return score(evidence, { profile: profileOf(profile), claim });
}
