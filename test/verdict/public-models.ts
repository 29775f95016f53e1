import type { Evidence, FactSource, FactValue, FilesEvidence, ReferenceProfile, Report } from 'model-assay';
import { loadProfile, PROBES, score } from 'model-assay';

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
  const ok = (id: string, data: unknown) => {
    const version = PROBES.find((probe) => probe.id === id)?.version ?? 1;
    return { status: 'ok', version, data } as const;
  };
  return {
    schema: 'evidence/1',
    tool: { name: 'model-assay', version: '0' },
    candidate: { kind: 'safetensors', label: 'constructed', digest: null },
    collectedAt: '2026-01-01T00:00:00.000Z',
    environment: {},
    seed: 0,
    suite: { id: 'none', tier: 'quick', sha256: '' },
    probes: {
      architecture: ok('architecture', architecture),
      quantization: ok('quantization', {
        methods: [],
        bitsPerWeight: null,
        labels: [],
        lattice: { judged: 0, abstained: 0, grids: [], nonFinite: 0, constant: 0 },
      }),
      ...(files && {
        files: ok('files', { files: [], digest: '', weights: [], weightsDigest: '', ...files }),
      }),
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
